// The few calls on TCP sockets that beacons need. Nothing here blocks except for find().
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shortfall::beacon {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { reset(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  void reset();

 private:
  int descriptor_ = -1;
};

struct Endpoint {
  sockaddr_storage address;
  socklen_t length;
};

// Asks the system's resolver, which may take seconds for names (never for numeric addresses).
std::vector<Endpoint> find(const std::string& host, int port);

// On the port, or any free one for 0; empty if that is not possible.
Socket listen_on(int port, bool is_loopback_only);
int port_of(const Socket& listener);
Socket accept_from(const Socket& listener);  // empty if nobody waits

Socket begin_connect(const Endpoint& endpoint);  // empty if it is refused at once
enum class IoProgress { pending, done, failed };
IoProgress connect_progress(const Socket& socket);

// What has come so far; nothing if the connection has ended. At most 16 KiB at a time.
std::optional<std::string> receive(const Socket& socket);
// Sends what it can and removes it from `text`; false if the connection has ended.
bool send_some(const Socket& socket, std::string& text);

}  // namespace shortfall::beacon

// The few calls on TCP sockets that the control plane and the side channel need. Nothing here
// blocks except for find().
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shortfall::tcp {

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

struct Target {
  std::string host;  // name or address
  int port = 0;
};

struct Endpoint {
  sockaddr_storage address;
  socklen_t length;
};

// Asks the system's resolver, which may take seconds for names (never for numeric addresses).
std::vector<Endpoint> find(const Target& target);

// Shells allow 1,024 open files by default, fewer than a large job has ranks: allows as many more,
// or as many as the system lets it.
void allow_descriptors(int more);

// On the port, or any free one for 0; empty if that is not possible.
Socket listen_on(int port, bool is_loopback_only);
int port_of(const Socket& listener);
Socket accept_from(const Socket& listener);  // empty if nobody waits
// The numeric address of the other end, without its port: "10.0.0.7"; empty if it is gone.
std::string peer_of(const Socket& socket);
// For messages that others wait for: sent at once, and the end of a host that fell silent is found
// within a minute.
void prefer_answers(const Socket& socket);

Socket begin_connect(const Endpoint& endpoint);  // empty if it is refused at once
enum class IoProgress { pending, done, failed };
IoProgress connect_progress(const Socket& socket);

// What has come so far; nothing if the connection has ended. At most 16 KiB at a time.
std::optional<std::string> receive(const Socket& socket);
// How much of it the system has taken; nothing if the connection has ended.
std::optional<std::size_t> send_part(const Socket& socket, std::string_view text);
// Sends what it can and removes it from `text`; false if the connection has ended.
bool send_some(const Socket& socket, std::string& text);

}  // namespace shortfall::tcp

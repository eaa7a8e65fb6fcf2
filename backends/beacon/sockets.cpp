// Non-blocking TCP by POSIX calls.
#include "backends/beacon/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace shortfall::beacon {
namespace {

constexpr int stream = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

const sockaddr* address_of(const Endpoint& endpoint) {
  return reinterpret_cast<const sockaddr*>(&endpoint.address);
}

template <class Address>
Endpoint endpoint_of(const Address& address) {
  Endpoint endpoint{{}, sizeof address};
  std::memcpy(&endpoint.address, &address, sizeof address);
  return endpoint;
}

Endpoint own_ipv4(int port, in_addr_t host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(host);
  return endpoint_of(address);
}

Endpoint own_ipv6(int port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  address.sin6_addr = in6addr_any;
  return endpoint_of(address);
}

Socket listen_at(const Endpoint& endpoint) {
  constexpr int on = 1, off = 0;
  Socket socket(::socket(endpoint.address.ss_family, stream, 0));
  if (!socket) return {};
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (endpoint.address.ss_family == AF_INET6) {  // IPv4 clients, too
    setsockopt(socket.descriptor(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(socket.descriptor(), address_of(endpoint), endpoint.length) != 0) return {};
  if (listen(socket.descriptor(), SOMAXCONN) != 0) return {};
  return socket;
}

}  // namespace

void Socket::reset() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

std::vector<Endpoint> find(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint{{}, entry->ai_addrlen};
    std::memcpy(&endpoint.address, entry->ai_addr, entry->ai_addrlen);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Socket listen_on(int port, bool is_loopback_only) {
  if (is_loopback_only) return listen_at(own_ipv4(port, INADDR_LOOPBACK));
  if (Socket both = listen_at(own_ipv6(port))) return both;
  return listen_at(own_ipv4(port, INADDR_ANY));  // a kernel without IPv6
}

int port_of(const Socket& listener) {
  Endpoint own{{}, sizeof(sockaddr_storage)};
  auto* address = reinterpret_cast<sockaddr*>(&own.address);
  if (getsockname(listener.descriptor(), address, &own.length) != 0) return 0;
  std::uint16_t port = 0;  // at the same place in sockaddr_in and sockaddr_in6
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&port, reinterpret_cast<const char*>(&own.address) + offsetof(sockaddr_in, sin_port),
              sizeof port);
  return ntohs(port);
}

Socket accept_from(const Socket& listener) {
  return Socket(accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

Socket begin_connect(const Endpoint& endpoint) {
  Socket socket(::socket(endpoint.address.ss_family, stream, 0));
  if (!socket) return {};
  const int answer = connect(socket.descriptor(), address_of(endpoint), endpoint.length);
  if (answer != 0 && errno != EINPROGRESS) return {};
  return socket;
}

IoProgress connect_progress(const Socket& socket) {
  pollfd polled{socket.descriptor(), POLLOUT, 0};
  if (poll(&polled, 1, 0) <= 0) return IoProgress::pending;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? IoProgress::done : IoProgress::failed;
}

std::optional<std::string> receive(const Socket& socket) {
  std::array<char, 16384> piece;
  const ssize_t count = recv(socket.descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
  if (count > 0) return std::string(piece.data(), static_cast<std::size_t>(count));
  if (count < 0 && is_for_later(errno)) return "";
  return std::nullopt;
}

bool send_some(const Socket& socket, std::string& text) {
  if (text.empty()) return true;
  const ssize_t count =
      send(socket.descriptor(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0) return is_for_later(errno);
  text.erase(0, static_cast<std::size_t>(count));
  return true;
}

}  // namespace shortfall::beacon

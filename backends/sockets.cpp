// Non-blocking TCP by POSIX calls.
#include "backends/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace shortfall::tcp {
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

std::vector<Endpoint> find(const Target& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &list) != 0)
    return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint{{}, entry->ai_addrlen};
    std::memcpy(&endpoint.address, entry->ai_addr, entry->ai_addrlen);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

void allow_descriptors(int more) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_cur + static_cast<rlim_t>(more), limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
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

std::string peer_of(const Socket& socket) {
  Endpoint peer{{}, sizeof(sockaddr_storage)};
  auto* address = reinterpret_cast<sockaddr*>(&peer.address);
  std::array<char, NI_MAXHOST> text{};
  if (getpeername(socket.descriptor(), address, &peer.length) != 0 ||
      getnameinfo(address, peer.length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
    return "";
  constexpr std::string_view mapped = "::ffff:";  // IPv4, on a socket that takes both
  const std::string_view numeric = text.data();
  return std::string(numeric.substr(numeric.starts_with(mapped) ? mapped.size() : 0));
}

void prefer_answers(const Socket& socket) {
  constexpr int on = 1, quiet_seconds = 30, seconds_between = 10, tries = 3;
  const int descriptor = socket.descriptor();
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &quiet_seconds, sizeof quiet_seconds);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &seconds_between, sizeof seconds_between);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
  // While something is on its way, nothing is asked: then this counts.
  constexpr unsigned unanswered_ms = 60000;
  setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms, sizeof unanswered_ms);
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

std::optional<std::size_t> send_part(const Socket& socket, std::string_view text) {
  if (text.empty()) return 0;
  const ssize_t count =
      send(socket.descriptor(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (is_for_later(errno)) return 0;
  return std::nullopt;
}

bool send_some(const Socket& socket, std::string& text) {
  const auto count = send_part(socket, text);
  if (count) text.erase(0, *count);
  return count.has_value();
}

}  // namespace shortfall::tcp

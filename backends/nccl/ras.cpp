#include "backends/nccl/ras.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "backends/sockets.hpp"
#include "core/text.hpp"

namespace shortfall::nccl {
namespace {

using tcp::Socket;
using Clock = std::chrono::steady_clock;

bool becomes_ready(const Socket& socket, short events, Clock::time_point end) {
  pollfd polled{socket.descriptor(), events, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  return left.count() > 0 && poll(&polled, 1, static_cast<int>(left.count())) > 0;
}

Socket connected(const std::string& host, int port, Clock::time_point end) {
  for (const tcp::Endpoint& endpoint : tcp::find({host, port})) {
    Socket socket = tcp::begin_connect(endpoint);
    if (!socket || !becomes_ready(socket, POLLOUT, end)) continue;
    if (tcp::connect_progress(socket) == tcp::IoProgress::done) return socket;
  }
  return {};
}

std::string read_all(const Socket& socket, Clock::time_point end) {
  constexpr std::size_t most = 64 << 10;
  std::string text;
  while (text.size() < most && becomes_ready(socket, POLLIN, end)) {
    const auto piece = tcp::receive(socket);
    if (!piece) break;  // it has said all
    text += *piece;
  }
  return text;
}

std::int64_t number_at(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  return parse_integer(std::string(text.substr(0, end))).value_or(-1);
}

// The number behind `before` in a line; -1 if it is not there.
std::int64_t number_behind(std::string_view line, std::string_view before) {
  const std::size_t at = line.find(before);
  return at == line.npos ? -1 : number_at(line.substr(at + before.size()));
}

struct Behind {
  std::int64_t launched;
  int rank;
};

}  // namespace

std::string ras_address() {
  const char* const set = std::getenv("NCCL_RAS_ADDR");
  return set != nullptr && *set != '\0' ? set : "localhost:28028";
}

RasAnswer ask_ras(const std::string& address, Seconds patience) {
  const std::size_t colon = address.rfind(':');
  const auto port = parse_integer(address.substr(colon + 1));
  if (colon == address.npos || !port) {
    return {false, "NCCL_RAS_ADDR=" + address + " is no HOST:PORT"};
  }
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(patience.value));
  const Socket socket = connected(address.substr(0, colon), static_cast<int>(*port), end);
  if (!socket) return {false, "nobody answers at " + address};
  std::string question = "verbose status\n";
  if (!tcp::send_some(socket, question)) return {false, address + " does not listen"};
  std::string text = read_all(socket, end);
  if (text.empty()) return {false, address + " says nothing"};
  return {true, std::move(text)};
}

// Lines such as "Rank 1 has launched up to operation 7 -- GPU ...", "Rank 1 has not launched any
// operations", and of ranks that are missed "Rank 1 -- GPU ..." below "Missing communicator data".
std::vector<int> stragglers_in(const std::string& answer) {
  std::vector<Behind> behind;
  std::int64_t of_most = 0;
  bool are_missed = false;
  for (const std::string& line : split(answer, '\n')) {
    const std::int64_t rank = number_behind(line, "Rank ");
    const std::int64_t launched = number_behind(line, "launched up to operation ");
    if (rank < 0) {
      are_missed = line.find("Missing communicator data") != line.npos;
      of_most = std::max(of_most, launched);
    } else if (line.find("not launched any") != line.npos || are_missed) {
      behind.push_back({0, static_cast<int>(rank)});
    } else if (launched >= 0) {
      behind.push_back({launched, static_cast<int>(rank)});
    }
  }
  std::erase_if(behind, [&](const Behind& b) { return b.launched > 0 && b.launched >= of_most; });
  std::ranges::stable_sort(behind, {}, &Behind::launched);
  std::vector<int> ranks;
  for (const Behind& b : behind) ranks.push_back(b.rank);
  return ranks;
}

}  // namespace shortfall::nccl

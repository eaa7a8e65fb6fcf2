#include "backends/nccl/ras.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>

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
  std::int64_t by = 0;  // operations
};

// "#0-1 (00c0ffee00c0ffee) MISMATCH"; nothing if a line is no such head.
std::optional<std::uint64_t> communicator_in(const std::string& line) {
  const std::size_t open = line.find('(');
  if (!line.starts_with('#') || open == line.npos) return std::nullopt;
  return std::strtoull(line.c_str() + open + 1, nullptr, 16);
}

// What RAS tells of one communicator and one kind of operation: counts of others are no measure.
class Comparison {
 public:
  Comparison(const Asking& asking, std::optional<std::uint64_t> of) : asking_(&asking), of_(of) {}

  void read(const std::string& line) {
    const std::int64_t rank = number_behind(line, "Rank ");
    const std::int64_t launched = number_behind(line, "launched up to operation ");
    const bool has_none = line.find("not launched any") != line.npos ||
                          line.find("Missing communicator data") != line.npos;
    const std::int64_t told = has_none ? 0 : launched;
    most_ = std::max(most_, told);
    if (rank < 0) {
      of_these_ = told;
      return;
    }
    const std::int64_t count = told >= 0 ? told : of_these_;
    const std::int64_t process = number_behind(line, "managed by process ");
    if (count >= 0 && is_asking(rank, process)) all_.push_back({count, static_cast<int>(rank)});
  }

  void add_stragglers(std::vector<Behind>& to) const {
    for (const Behind& one : all_) {
      const bool is_missed = one.launched == 0;
      if (is_missed || one.launched < most_)
        to.push_back({one.launched, one.rank, most_ - one.launched});
    }
  }

 private:
  bool is_asking(std::int64_t rank, std::int64_t process) const {
    const auto ranks = static_cast<std::int64_t>(asking_->processes.size());
    if (rank >= ranks) return false;
    if (asking_->communicator && of_) return *of_ == *asking_->communicator;
    return process >= 0 && asking_->processes[static_cast<std::size_t>(rank)] == process;
  }

  const Asking* asking_;
  std::optional<std::uint64_t> of_;
  std::vector<Behind> all_;
  std::int64_t most_ = 0, of_these_ = -1;  // -1: what follows is about no counts
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
  // RAS waits for others that do not answer, by default longer than anybody waits here; then for
  // as long as its own margin, 5 s.
  std::string wish = "timeout 2\n", question = "verbose status\n";
  if (!tcp::send_some(socket, wish)) return {false, address + " does not listen"};
  if (becomes_ready(socket, POLLIN, end)) tcp::receive(socket);  // "OK"
  if (!tcp::send_some(socket, question)) return {false, address + " does not listen"};
  std::string text = read_all(socket, end);
  if (text.empty()) return {false, address + " says nothing"};
  return {true, std::move(text)};
}

// Of one communicator ("#0-0 ..."): "2 ranks have launched up to operation 7" stands above "Rank 1
// -- GPU ..." of each, a single rank has a line of its own, "Rank 1 has launched up to operation 6"
// or "Rank 1 has not launched any operations"; ranks that are missed stand below "Missing
// communicator data".
std::vector<int> stragglers_in(const std::string& answer, const Asking& asking) {
  std::vector<Behind> all;
  std::optional<std::uint64_t> communicator;
  Comparison comparison(asking, communicator);
  for (const std::string& line : split(answer, '\n')) {
    const auto head = communicator_in(line);
    if (head) communicator = head;
    if (head || line.find("ranks have different") != line.npos) {
      comparison.add_stragglers(all);
      comparison = Comparison(asking, communicator);
    }
    comparison.read(line);
  }
  comparison.add_stragglers(all);
  std::ranges::stable_sort(all, std::greater(), &Behind::by);
  std::vector<int> ranks;
  for (const Behind& one : all) {
    if (std::ranges::count(ranks, one.rank) == 0) ranks.push_back(one.rank);
  }
  return ranks;
}

}  // namespace shortfall::nccl

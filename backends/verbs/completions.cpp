#include "backends/verbs/completions.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "backends/verbs/failure.hpp"
#include "core/error.hpp"

namespace shortfall::verbs {
namespace {

double clock_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string answer(int error) { return std::generic_category().message(error); }

}  // namespace

Watch::Watch(World& group) : group_(group), patience_(group.deadline().patience / 3) {}

void Watch::look_at_clock(const char* what, Completions& where) {
  if (group_.hears_alarm()) throw Forsaken(what, "another rank has given up");
  const double now = clock_now();
  if (const auto why = where.why_hopeless(now)) {
    throw Error(what, fmt::format("{}, and no completion since: {}", *why, where.text()));
  }
  if (end_ == 0) end_ = now + patience_.value;
  if (now < end_) return;
  throw Error(what, fmt::format("nothing after {:.3g} s, no completion either: {}", patience_.value,
                                where.text()));
}

Completions::Completions(const Port& port, const GidEntry& gid, int most,
                         FabricTransfer::Completion by)
    : port_(port), events_(port, gid) {
  ibv_context* const context = port.device->context.get();
  if (by == FabricTransfer::Completion::events) {
    channel_.reset(ibv_create_comp_channel(context));
    require(
        bool(channel_), [&] { return "make a channel of events on " + port_.text(); },
        answer(errno));
  }
  queue_.reset(ibv_create_cq(context, most, nullptr, channel_.get(), 0));
  require(
      bool(queue_),
      [&] { return fmt::format("make a queue of {} completions on {}", most, port_.text()); },
      answer(errno));
  if (channel_) ibv_req_notify_cq(queue_.get(), 0);
}

std::span<const ibv_wc> Completions::take(Watch& watch, const char* what) {
  const auto room = static_cast<int>(taken_.size());
  int found = ibv_poll_cq(queue_.get(), room, taken_.data());
  if (found == 0 && channel_) {
    sleep(watch, what);
    found = ibv_poll_cq(queue_.get(), room, taken_.data());
  }
  if (found == 0) watch.look(what, *this);
  if (found < 0) throw Error("poll for completions on " + port_.text(), "the library has failed");
  const std::span<const ibv_wc> all(taken_.data(), static_cast<std::size_t>(found));
  for (const ibv_wc& completion : all) {
    if (completion.status != IBV_WC_SUCCESS) [[unlikely]]
      fail(completion);
  }
  return all;
}

// What comes between the last poll and the request to be told is polled for after it.
void Completions::sleep(Watch& watch, const char* what) {
  constexpr int at_most_ms = 100;  // then others are listened to
  pollfd wanted{channel_->fd, POLLIN, 0};
  if (poll(&wanted, 1, at_most_ms) <= 0) {
    watch.look_at_clock(what, *this);
    return;
  }
  ibv_cq* of = nullptr;
  void* unused = nullptr;
  if (ibv_get_cq_event(channel_.get(), &of, &unused) != 0) return;
  ibv_ack_cq_events(of, 1);
  ibv_req_notify_cq(queue_.get(), 0);
}

std::optional<std::string> Completions::why_hopeless(double now) {
  events_.hear(now);
  return events_.why_hopeless(now);
}

std::string Completions::text() const {
  ibv_port_attr now{};
  const auto number = static_cast<std::uint8_t>(port_.number);
  const bool is_told = ibv_query_port(port_.device->context.get(), number, &now) == 0;
  std::string text =
      fmt::format("port {} is {}", port_.text(), is_told ? ibv_port_state_str(now.state) : "gone");
  for (const auto& [queue, peer] : peers_) text += ", the other end is " + peer;
  return text + ". Look at cables, switches and addresses (GIDs) of both";
}

void Completions::fail(const ibv_wc& first) {
  constexpr std::chrono::milliseconds behind{200};  // events come later than completions
  std::this_thread::sleep_for(behind);
  const double now = clock_now();
  events_.hear(now);
  const std::string heard = events_.text(now);
  const auto peer =
      std::ranges::find(peers_, first.qp_num, &std::pair<std::uint32_t, std::string>::first);
  throw Error(fmt::format("exchange data between {} and {}", port_.text(),
                          peer != peers_.end() ? peer->second : "another rank"),
              text_of(first) + (heard.empty() ? "" : "; " + heard));
}

}  // namespace shortfall::verbs

#include "backends/tcp/star.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "backends/process.hpp"
#include "backends/tcp/hello.hpp"
#include "core/error.hpp"

namespace shortfall::tcp {
namespace {

// So that rank 0 can tell the others for whom it waited in vain, before they give up on rank 0.
constexpr Seconds grace_for_word_of_rank_0{2};

}  // namespace

Star::Star(int rank, std::vector<RankSeat> seats, std::vector<Wire> wires,
           std::shared_ptr<Star> job)
    : rank_(rank), seats_(std::move(seats)), wires_(std::move(wires)), job_(std::move(job)) {
  for (Wire& wire : wires_) wire.trust();
}

std::string Star::name_of(int rank) const {
  return tcp::name_of(seats_.at(static_cast<std::size_t>(rank)));
}

std::string Star::names_of(const std::vector<int>& ranks) const {
  std::vector<std::string> names;
  for (const int rank : ranks) names.push_back(name_of(rank));
  return some_of(names);
}

std::vector<int> Star::others() const {
  if (rank_ != 0) return {0};
  std::vector<int> ranks(wires_.size());
  std::iota(ranks.begin(), ranks.end(), 1);
  return ranks;
}

void Star::begin(FrameKind call) {
  call_ = call;
  ++number_;
}

void Star::tell(int rank, std::string bytes) {
  wire_to(rank).send({call_, number_, std::move(bytes)});
}

void Star::tell_all(const std::string& bytes, int but) {
  for (const int rank : others()) {
    if (rank != but) tell(rank, bytes);
  }
}

std::string Star::hear(int rank) {
  wait_while(
      [&] { return wire_to(rank).arrived().empty() ? std::vector{rank} : std::vector<int>(); });
  return take_expected(rank);
}

std::vector<std::string> Star::hear_all(std::string mine) {
  wait_while([&] {
    std::vector<int> missing = others();
    std::erase_if(missing, [&](int rank) { return !wire_to(rank).arrived().empty(); });
    return missing;
  });
  std::vector<std::string> all{std::move(mine)};
  for (const int rank : others()) all.push_back(take_expected(rank));
  return all;
}

void Star::flush() {
  wait_while([&] {
    std::vector<int> behind = others();
    std::erase_if(behind, [&](int rank) { return !wire_to(rank).has_unsent(); });
    return behind;
  });
}

// Frames keep their order: an alarm of before a vote is heard before its outcome, and one of after
// it behind, on every rank.
std::string Star::exchange(FrameKind call, std::string mine, const Combine& combine) {
  begin(call);
  std::string outcome;
  if (rank_ == 0) {
    outcome = combine(hear_all(std::move(mine)));
  } else {
    tell(0, std::move(mine));
    outcome = hear(0);
  }
  if (call == FrameKind::vote) is_alarmed_ = false;
  if (rank_ == 0) {
    tell_all(outcome);
    flush();
  }
  return outcome;
}

std::string Star::take_expected(int rank) {
  Frame frame = *wire_to(rank).take();
  if (frame.kind == FrameKind::lost) throw Lost(what(call_), frame.bytes);
  if (frame.kind == FrameKind::refusal) throw BadUsage(frame.bytes);
  if (frame.kind != call_ || frame.number != number_) {
    lose(fmt::format("{} is out of step: it is at call {}, '{}', {} at call {}, '{}'",
                     name_of(rank), frame.number, what(frame.kind), name_of(rank_), number_,
                     what(call_)));
  }
  return std::move(frame.bytes);
}

void Star::lose(const std::string& why) {
  if (rank_ == 0) {
    for (const int rank : others()) wire_to(rank).send({FrameKind::lost, number_, why});
  }
  throw Lost(what(call_), why);
}

void Star::wait_while(const Missing& missing) {
  const Seconds grace = rank_ == 0 ? Seconds{0} : grace_for_word_of_rank_0;
  const Seconds end = steady_now() + deadline_.patience + grace;
  for (attend(0); true;) {
    const std::vector<int> ranks = missing();
    if (ranks.empty()) return;
    check_connections_of(ranks);
    const Seconds left = end - steady_now();
    if (left <= Seconds{0}) {
      lose(fmt::format("{} did not answer in {} s", names_of(ranks), deadline_.patience.value));
    }
    constexpr Seconds longest{1};
    attend(static_cast<int>(std::ceil(std::min(left, longest).value * 1e3)));
  }
}

void Star::check_connections_of(const std::vector<int>& ranks) {
  for (const int rank : ranks) {
    const std::string& end = wire_to(rank).end();
    if (!end.empty()) lose(name_of(rank) + ": " + end);
  }
}

// Of the job, too: alarms must get through while this rank waits in a part.
void Star::attend(int patience_ms) {
  std::vector<pollfd> polled;
  add_wishes(polled);
  if (job_) job_->add_wishes(polled);
  poll(polled.data(), polled.size(), patience_ms);
  const std::size_t own = attend(polled, 0);
  if (job_) job_->attend(polled, own);
  (job_ ? *job_ : *this).note_alarms();
}

void Star::add_wishes(std::vector<pollfd>& polled) const {
  for (const Wire& wire : wires_) polled.push_back(wire.wish());
}

// Returns the place behind its own wishes.
std::size_t Star::attend(const std::vector<pollfd>& polled, std::size_t first) {
  for (Wire& wire : wires_) {
    if (polled[first++].revents != 0) wire.attend();
  }
  return first;
}

void Star::look_around() {
  attend(0);
  for (const int rank : others()) {
    const auto& arrived = wire_to(rank).arrived();
    const auto last = std::ranges::find(arrived, FrameKind::lost, &Frame::kind);
    if (last != arrived.end()) throw Lost(what(call_), last->bytes);
  }
}

void Star::raise_alarm() {
  for (Wire& wire : wires_) wire.send({.kind = FrameKind::alarm});
}

// Whoever is gone cannot go on, either.
bool Star::hears_alarm() {
  attend(0);
  for (const int rank : others()) {
    if (!wire_to(rank).end().empty()) sound_alarm(rank);
  }
  return is_alarmed_;
}

// What stands behind a vote belongs to the time after it.
void Star::note_alarms() {
  for (const int rank : others()) {
    auto& arrived = wire_to(rank).arrived();
    const auto vote = std::ranges::find(arrived, FrameKind::vote, &Frame::kind);
    const auto kept = std::remove_if(
        arrived.begin(), vote, [](const Frame& frame) { return frame.kind == FrameKind::alarm; });
    if (kept == vote) continue;
    arrived.erase(kept, vote);
    sound_alarm(rank);
  }
}

void Star::sound_alarm(int from) {
  if (is_alarmed_) return;
  is_alarmed_ = true;
  if (rank_ != 0) return;
  for (const int rank : others()) {
    if (rank != from) wire_to(rank).send({.kind = FrameKind::alarm});
  }
}

}  // namespace shortfall::tcp

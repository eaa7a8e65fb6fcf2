// The other ranks' side of a meeting: finds the first rank among services of others, other jobs and
// machines that do not answer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "backends/process.hpp"
#include "backends/tcp/meeting.hpp"
#include "core/error.hpp"

namespace shortfall::tcp {
namespace {

constexpr Seconds patience_with_connecting{3}, patience_with_answering{2};
constexpr Seconds shortest_pause{0.05}, longest_pause{1};

class Seeker {
 public:
  Seeker(const std::vector<Target>& targets, const Hello& own, Seconds until,
         const Meanwhile& meanwhile)
      : targets_(targets), own_(own), until_(until), meanwhile_(meanwhile) {}

  std::optional<FirstRank> try_all_once() {
    for (const Target& target : targets_) {
      const auto endpoints = find(target);
      if (endpoints.empty()) note(target, "this name is not known here");
      for (const Endpoint& endpoint : endpoints) {
        if (steady_now() > until_) return std::nullopt;
        if (auto host = ask(target, endpoint)) return host;
      }
    }
    return std::nullopt;
  }

  FirstRank find_in_time(const RankSeat& seat) {
    for (Seconds pause = shortest_pause; true; pause = std::min(pause * 2, longest_pause)) {
      if (auto host = try_all_once()) return std::move(*host);
      if (steady_now() + pause > until_) give_up(seat);
      constexpr pollfd nothing{-1, 0, 0};
      wait_on(nothing, steady_now() + pause);
    }
  }

 private:
  // Until something has happened there, or the time has come.
  void wait_on(pollfd polled, Seconds until) const {
    int events = 0;
    for (Seconds left = until - steady_now(); events == 0 && left > Seconds{0};
         left = until - steady_now()) {
      if (meanwhile_) meanwhile_();
      const Seconds turn = std::min(left, look_again);
      events = poll(&polled, 1, static_cast<int>(std::ceil(turn.value * 1e3)));
    }
  }

  // A connection to an endpoint; nothing if there is none in time.
  std::optional<Wire> connected(const Endpoint& endpoint, Seconds until) const {
    Socket socket = begin_connect(endpoint);
    if (!socket) return std::nullopt;
    wait_on({socket.descriptor(), POLLOUT, 0}, until);
    if (connect_progress(socket) != IoProgress::done) return std::nullopt;
    return Wire(std::move(socket));
  }

  std::optional<Frame> answer_of(Wire& wire, Seconds until) const {
    while (true) {
      wire.attend();
      if (auto frame = wire.take()) return frame;
      if (!wire.end().empty() || steady_now() > until) return std::nullopt;
      wait_on(wire.wish(), until);
    }
  }

  std::optional<FirstRank> ask(const Target& target, const Endpoint& endpoint) {
    auto wire = connected(endpoint, std::min(until_, steady_now() + patience_with_connecting));
    if (!wire) return note(target, "no connection");
    wire->send({.kind = FrameKind::hello, .bytes = text_of(own_)});
    const auto answer = answer_of(*wire, std::min(until_, steady_now() + patience_with_answering));
    if (!answer) return note(target, wire->end().empty() ? "it does not answer" : wire->end());
    if (answer->kind == FrameKind::refusal) throw BadUsage(answer->bytes);
    if (answer->kind != FrameKind::welcome) return note(target, "it is of another job");
    wire->trust();
    wire->send({.kind = FrameKind::here});
    return FirstRank{std::move(*wire), answer->bytes};
  }

  // What is more than a missing connection is kept.
  std::nullopt_t note(const Target& target, const std::string& answer) {
    if (answer != "no connection" || last_answer_.empty()) {
      last_answer_ = fmt::format("{} port {}: {}", target.host, target.port, answer);
    }
    return std::nullopt;
  }

  [[noreturn]] void give_up(const RankSeat& seat) const {
    const Target& first = targets_.front();
    throw Lost(fmt::format("join {} ranks as {}", own_.size, name_of(seat)),
               fmt::format("the first of them was not found at {}, port {}{}, in time; {}. Look "
                           "whether it was started, and whether it can be reached from here",
                           first.host, first.port, targets_.size() > 1 ? " and those after it" : "",
                           last_answer_));
  }

  const std::vector<Target>& targets_;
  const Hello& own_;
  Seconds until_;
  const Meanwhile& meanwhile_;
  std::string last_answer_;
};

}  // namespace

FirstRank find_first_rank(const std::vector<Target>& targets, const Hello& own,
                          const RankSeat& seat, Seconds until, const Meanwhile& meanwhile) {
  return Seeker(targets, own, until, meanwhile).find_in_time(seat);
}

void check_to_be_first(const std::vector<Target>& targets, const Hello& own) {
  constexpr Seconds forever{1e9};
  const Meanwhile nothing;
  Seeker(targets, own, forever, nothing).try_all_once();
}

}  // namespace shortfall::tcp

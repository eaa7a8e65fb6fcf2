// Waiting for what an adapter has been asked to do, by polling or by events, not for ever.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "backends/verbs/port_events.hpp"
#include "backends/verbs/ports.hpp"
#include "backends/world.hpp"
#include "core/operation/fabric_transfer.hpp"

namespace shortfall::verbs {

class Completions;

// What is looked at while nothing comes. Made once for each call, it reads the clock only now and
// then.
class Watch {
 public:
  // For a third of the World's patience, so that there is time left to vote about it.
  explicit Watch(World& group);
  // Throws Forsaken when another rank has failed, Error when patience has run out or the port is
  // down for good. `what` is waited for, of those that `where` names.
  void look(const char* what, Completions& where) {
    if (++looks_ % looks_between_clocks == 0) look_at_clock(what, where);
  }
  void look_at_clock(const char* what, Completions& where);

 private:
  static constexpr int looks_between_clocks = 4096;
  World& group_;
  Seconds patience_;
  int looks_ = 0;
  double end_ = 0;  // of the clock; 0 = not looked at yet
};

class Completions {
 public:
  // Room for `most` that nobody has taken yet.
  Completions(const Port& port, const GidEntry& gid, int most, FabricTransfer::Completion by);
  ibv_cq* queue() const { return queue_.get(); }

  // Up to as many as there are by now; none is an answer. With events, sleeps until something
  // comes. Throws Error, by `peer_of` the failed completion's queue number, what has failed.
  std::span<const ibv_wc> take(Watch& watch, const char* what);

  // Why nothing can come any more; see PortEvents.
  std::optional<std::string> why_hopeless(double now);

  // Who waits for whom, and how the port is by now.
  std::string text() const;

  // How the one at the other end is called, for messages: by queue pair number.
  void name(std::uint32_t queue_pair, std::string peer) {
    peers_.emplace_back(queue_pair, std::move(peer));
  }

 private:
  void sleep(Watch& watch, const char* what);
  [[noreturn]] void fail(const ibv_wc& first);

  Port port_;
  PortEvents events_;
  CompletionChannel channel_;
  CompletionQueue queue_;
  std::array<ibv_wc, 16> taken_{};
  std::vector<std::pair<std::uint32_t, std::string>> peers_;
};

}  // namespace shortfall::verbs

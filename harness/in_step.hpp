// Phases of a case, each ended by a vote: a rank that failed alone tells the others before the next
// collective, or they would wait there for ever.
#pragma once

#include <exception>
#include <string>
#include <type_traits>

#include "backends/monitor.hpp"
#include "backends/world.hpp"
#include "core/error.hpp"
#include "harness/runner.hpp"

namespace shortfall {

// Thrown on all ranks alike when one of them could not go on.
struct Stopped {
  Ballot ballot;
};

struct InStep {
  World& job;
  Watcher& watcher;
  DeviceMonitor* monitor = nullptr;
  // A rank that fails alone does not leave the others waiting for ever: they hear of it, and vote.
  bool others_hear = false;

  // Runs `function` (which may return a Vote), then votes. What is not ready stops all ranks alike.
  template <class Function>
  void operator()(Phase phase, Function function) const {
    watcher.enter(phase);
    const Vote mine = vote_after(phase, function);
    watcher.enter(Phase::vote);
    Ballot ballot = job.vote(mine);
    if (ballot.vote.kind == Vote::Kind::stuck) watcher.left_stuck(ballot);
    if (ballot.vote.kind != Vote::Kind::ready) throw Stopped{std::move(ballot)};
  }

 private:
  template <class Function>
  Vote vote_after(Phase phase, Function& function) const {
    try {
      if constexpr (std::is_void_v<decltype(function())>) {
        function();
        return {};
      } else {
        return function();
      }
    } catch (const Lost&) {
      throw;  // nobody is left to vote with
    } catch (const Forsaken& e) {
      return {Vote::Kind::follow, e.what()};
    } catch (const Stuck& e) {
      job.raise_alarm();
      return {Vote::Kind::stuck, e.what() + fault()};
    } catch (const FaultOf& e) {
      job.raise_alarm();
      return {Vote::Kind::fail, e.what() + fault(), e.rank()};
    } catch (const std::exception& e) {
      const std::string why = e.what() + fault();
      job.raise_alarm();
      if (phase == Phase::run && !others_hear) watcher.failed_alone(why);
      return {Vote::Kind::fail, why};
    } catch (...) {
      return {Vote::Kind::fail, "an exception of an unknown type"};
    }
  }

  // A library says that a call failed; the driver may know that the device is gone.
  std::string fault() const {
    const std::string known = monitor ? monitor->last_fault() : "";
    return known.empty() ? "" : "; " + known;
  }
};

}  // namespace shortfall

// Phases of a case, each ended by a vote: a rank that failed alone tells the others before the next
// collective, or they would wait there for ever.
#pragma once

#include <exception>
#include <type_traits>

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

  // Runs `function` (which may return a Vote), then votes. What is not ready stops all ranks alike.
  template <class Function>
  void operator()(Phase phase, Function function) const {
    watcher.enter(phase);
    const Vote mine = vote_after(phase, function);
    watcher.enter(Phase::vote);
    Ballot ballot = job.vote(mine);
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
    } catch (const std::exception& e) {
      if (phase == Phase::run) watcher.failed_alone(e.what());
      return {Vote::Kind::fail, e.what()};
    } catch (...) {
      return {Vote::Kind::fail, "an exception of an unknown type"};
    }
  }
};

}  // namespace shortfall

// Where this rank is, for the side channel and the sentinel.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>

#include "app/job.hpp"
#include "harness/runner.hpp"

namespace shortfall {

// Tells the side channel and the sentinel where this rank is.
class Whereabouts final : public Watcher {
 public:
  Whereabouts(Job& job, Seconds case_timeout) : job_(job), case_timeout_(case_timeout) {}
  // `end_stuck` ends the run where a device of this case is stuck.
  void begin(const std::string& key, std::function<void(const Ballot&)> end_stuck) {
    end_stuck_ = std::move(end_stuck);
    job_.beacon().describe(key);
    job_.sentinel().watch(
        fmt::format("{} took longer than --case-timeout {:g} s", key, case_timeout_.value),
        case_timeout_);
  }
  void enter(Phase phase) override { job_.beacon().enter(phase); }
  void failed_alone(const std::string& why) override {
    constexpr Seconds grace{5};  // for the others to fail alike, and vote
    job_.beacon().describe("failed: " + why);
    job_.sentinel().watch("failed while others may wait for it: " + why, grace);
  }
  void left_stuck(const Ballot& ballot) override { end_stuck_(ballot); }

 private:
  Job& job_;
  Seconds case_timeout_;
  std::function<void(const Ballot&)> end_stuck_;
};

}  // namespace shortfall

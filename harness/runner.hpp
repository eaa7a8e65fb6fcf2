// Tries one case on all ranks in lock step, and turns it into a Result.
#pragma once

#include <vector>

#include "backends/beacon.hpp"
#include "backends/monitor.hpp"
#include "backends/vitals.hpp"
#include "harness/groups.hpp"
#include "harness/plan.hpp"
#include "harness/result.hpp"
#include "harness/sampler.hpp"

namespace shortfall {

// Who is told where this rank is: the side channel, the guard against hangs.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void enter(Phase phase) = 0;
  // This rank threw where others may now wait for it for ever.
  virtual void failed_alone(const std::string& why) = 0;
  // All ranks have heard that a device will do nothing more. Called before anything that lies on
  // it is freed, for that would wait for the device: whoever can ends the run, and never returns.
  virtual void left_stuck(const Ballot&) {}
};

struct Bench {  // what the runner works with, the same for all cases
  World& job;
  Device& device;
  Stream& stream;
  Groups& groups;
  Watcher& watcher;
  VitalSigns* vitals = nullptr;  // nullptr: nobody can tell
  DeviceMonitor* monitor = nullptr;
};

// Collective: every rank of the job calls it alike and gets the same answer. Exceptions of any kind
// on any rank become a Failed with that rank; only Lost (the others do not answer) is thrown.
Result run_case(const Case& which, const Benchmark& benchmark, const Bench& bench,
                const Effort& effort);

// The same of a benchmark with a routine; behind it what its operations take one by one, measured
// in turn with its executions: as of their own cases, with "turn" beside their parameters.
std::vector<Result> run_routine(const Case& which, const Benchmark& benchmark, const Bench& bench,
                                const Effort& effort);

// What is to be told of a case that was stopped like that.
Result stopped_result(const Case& which, const Benchmark& benchmark, const Bench& bench,
                      const Ballot& ballot);

}  // namespace shortfall

// Trials made ready by all ranks in step.
#pragma once

#include "harness/routine_trial.hpp"
#include "harness/runner.hpp"

namespace shortfall {

// Collective over the job; nullptr on ranks that are idle. Throws Stopped on all ranks alike.
std::unique_ptr<Trial> prepare_trial(const Operation& operation, const std::string& group,
                                     const Benchmark& benchmark, const Bench& bench,
                                     std::uint64_t seed);
std::unique_ptr<RoutineTrial> prepare_trial(const Routine& routine, Bytes most_memory,
                                            const Bench& bench, std::uint64_t seed);

}  // namespace shortfall

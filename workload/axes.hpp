// What the benchmarks of workloads have in common: axes that nothing is swept along. Their cases
// are asked for, by a workload or by --set.
#pragma once

#include <vector>

#include "core/params.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

// workload, group: of what is executed as a whole.
std::vector<Axis> whole_step_axes();

// A word that `parse` accepts, which throws BadUsage; `usual` are those swept.
Axis asked_for(const std::string& name, const std::vector<std::string>& usual,
               const std::string& form, std::function<void(const std::string&)> parse);

// Any of these.
Axis asked_for(const std::string& name, const std::vector<std::string>& words);

// Bytes.
Axis sizes_asked_for();

// Element types of what a step works on, f32 unless another is asked for.
Axis step_types();

// Groups of ranks that work together, the word of any kind that there is.
Axis joint_groups();

// One operation of a step: by itself, but as a step finds it.
Benchmark step_of(std::string name, std::string summary, std::vector<Axis> axes);

}  // namespace shortfall

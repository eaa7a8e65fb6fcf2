// The axes of a benchmark after the user's --sizes, --dtype and --set.
#pragma once

#include "harness/plan.hpp"

namespace shortfall {

struct Chosen {
  const Benchmark* benchmark;
  std::vector<Axis> axes;   // narrowed, or replaced
  bool is_changed = false;  // by the user: the profile then leaves nothing out
};

// Throws BadUsage for names, axes and values that nobody has; benchmarks that are not measured
// here, or do not come in any of the wanted values of a word axis, are left out and put into
// `excluded`.
std::vector<Chosen> choose(const Request& request, const std::vector<Benchmark>& all,
                           std::vector<LeftOut>& excluded);

}  // namespace shortfall

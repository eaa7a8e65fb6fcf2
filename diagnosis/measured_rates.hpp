// What of a device's rate is its clock, and what its ranks take from one another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/measured_cases.hpp"

namespace shortfall {

struct ClockShare {
  double value = 1;  // the typical rank's, over that by which its peak is counted
  std::string source;
};

// Of processors by core_clock, or else by what was read after `product`; of GPUs by what was
// measured meanwhile. Nothing where no clock was measured, or nobody knows by which clock the peak
// of this type is counted.
std::optional<ClockShare> clock_share(const Report& report, const std::vector<MeasuredCase>& cases,
                                      const MeasuredCase& product, DType type);

struct Contention {
  double left = 1;  // of the rate of products, when all ranks compute at once; at most 1
  std::string source;
};

// By products of a training step that rank 0 did alone, and all ranks at the same time: in turn
// with `step`, where that was measured, since machines change their speed.
Contention contention_of(const std::vector<MeasuredCase>& cases, std::string_view step);

// What rank 0 took; nothing where ranks are not told one by one.
std::optional<Seconds> of_first_rank(const MeasuredCase& one);

}  // namespace shortfall

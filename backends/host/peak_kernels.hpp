// One thread's multiply-adds on registers, for the processor that runs this.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/dtype.hpp"

namespace shortfall {

// A round is some multiply-adds on each of so many registers that the latency is hidden.
struct PeakKernel {
  std::string_view instruction;
  std::int64_t operations_of_round;    // a divisor of peak_rate_operations
  double (*run)(std::int64_t rounds);  // returns a finite number that depends on all of them
};

// All that this processor can run for a type, the fastest first; none for most types.
std::vector<PeakKernel> peak_kernels(DType type);

}  // namespace shortfall

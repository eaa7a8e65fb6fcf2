// How something is timed.
#pragma once

#include "core/operation.hpp"
#include "harness/result.hpp"

namespace shortfall {

struct Manner {
  bool is_back_to_back = true, is_isolated = false;  // either or both
  Timing::Primary primary = Timing::Primary::throughput;
  bool consumes_input = false;  // each call
  int iterations_per_call = 1;
};

Manner manner_of(const Operation& operation);

// Without the calls one by one, where that can be.
Manner only_back_to_back(Manner manner);

}  // namespace shortfall

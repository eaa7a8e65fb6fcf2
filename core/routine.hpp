// Operations that ranks do one after the other, as one piece of work: a training step, a decoded
// token. The model prices the same list that harness executes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/operation.hpp"

namespace shortfall {

struct RoutineOperation {
  Operation operation;
  std::string group = "all";  // a value of the axis "group": "all" for what a rank does alone
  std::string phase, part;    // "forward", "mlp": under what its time is told

  friend bool operator==(const RoutineOperation&, const RoutineOperation&) = default;
};

struct Routine {
  std::string name;                          // "gpt2-124m"
  std::vector<RoutineOperation> operations;  // each once
  std::vector<std::uint32_t> order;          // which of them is done when, by every rank alike

  friend bool operator==(const Routine&, const Routine&) = default;
};

// How often each operation is done.
std::vector<int> counts(const Routine& routine);

}  // namespace shortfall

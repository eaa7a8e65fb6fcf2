// Operations of a routine as cases of their own: the benchmarks step_product, step_pass and
// step_exchange.
#pragma once

#include <optional>
#include <string>

#include "core/routine.hpp"
#include "harness/plan.hpp"

namespace shortfall {

// The case that measures this operation. Bytes are rounded to what is executed: whole arrays of a
// pass, whole elements of a collective. Throws Error for operations that none of the benchmarks
// does.
Case step_case(const RoutineOperation& step);

// What a case of those benchmarks does, with operands that no cache holds; nothing for cases of
// others, and for parameters that say nothing.
std::optional<Operation> step_operation(const std::string& benchmark, const Params& params);

// "forward.mlp"
std::string part_of(const RoutineOperation& step);

// For messages: "forward.mlp (step_product/shape=...)".
std::string name_of_step(const RoutineOperation& step);

}  // namespace shortfall

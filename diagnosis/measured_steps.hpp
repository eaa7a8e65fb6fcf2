// Operations of training steps that were measured one by one: cases of step_product, step_pass and
// step_exchange.
#pragma once

#include <optional>

#include "core/operation.hpp"
#include "harness/result.hpp"
#include "harness/step_case.hpp"

namespace shortfall {

// What such a case did; nothing if it is another kind of operation, or a case of other benchmarks,
// or its parameters say what none of these does. That its operands were cold is how it was
// measured, and no part of it.
template <class Kind>
std::optional<Kind> step_as(const Result& result) {
  auto operation = step_operation(result.benchmark, result.params);
  auto* const held = operation ? std::get_if<Kind>(&*operation) : nullptr;
  if (held == nullptr) return std::nullopt;
  held->is_cold = false;
  return *held;
}

// "MxNxK", each from 1 to the largest side that benchmarks have.
std::optional<Gemm> shape_of_word(const std::string& word);
bool is_side(std::optional<std::int64_t> size);

// Arrays that a mix reads: a number or a word; 1 of other kinds.
int reads_of(const Result& result);

}  // namespace shortfall

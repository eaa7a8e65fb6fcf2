// Operations of a training step as people read them.
#pragma once

#include <string>

#include "core/operation.hpp"
#include "model/training/step.hpp"

namespace shortfall {

// "8192 x 4096 x 2048 bf16 product"; of those that no training step has, "".
std::string text_of(const Operation& operation);

// Whom it joins: "tensor-parallel ranks"; "" for what one rank does alone.
std::string_view text_of(RankAxis axis);

// As in a JSON document: "tensor", "data_experts", "none".
std::string_view name_of(RankAxis axis);

}  // namespace shortfall

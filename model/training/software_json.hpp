// The key `software` of a training run: what its programs do, where that is told.
#pragma once

#include "model/training/section_json.hpp"
#include "model/training/software.hpp"

namespace shortfall {

// What is not told there is as in `usual`.
Software software_from(const Node& node, const Software& usual, Untold& untold);

// All of it.
Json json_of(const Software& software);

}  // namespace shortfall

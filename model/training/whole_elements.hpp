// Sizes as they can be executed: of whole elements.
#pragma once

#include "core/operation/collective.hpp"
#include "core/operation/memory_pass.hpp"

namespace shortfall {

// At least `bytes`, of elements that each of its arrays has.
MemoryPass in_whole_elements(MemoryPass pass);

// At least `bytes`, of blocks that each of so many ranks has.
Collective in_whole_elements(Collective collective, std::int64_t ranks);

}  // namespace shortfall

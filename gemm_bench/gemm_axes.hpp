// What the matrix products have in common.
#pragma once

#include <vector>

#include "core/operation.hpp"
#include "core/params.hpp"

namespace shortfall {

// All that some library multiplies.
Axis product_types();

// Normal data first; of the words given, only those are swept, but every other can be asked for.
Axis product_data(const std::vector<std::string>& words = {"normal"});

// By all ranks at once; in the full profile also by one alone.
Axis product_groups();

// "16x4096x4096": C is 16 x 4096, and 4096 products are summed in each of its elements.
struct MxNxK {
  std::int64_t m, n, k;
};
MxNxK shape_from(const std::string& text);  // throws BadUsage
Axis shapes(const std::vector<std::string>& quick, const std::vector<std::string>& standard,
            const std::vector<std::string>& full);

}  // namespace shortfall

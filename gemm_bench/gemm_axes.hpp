// What the matrix products have in common.
#pragma once

#include <vector>

#include "core/operation.hpp"
#include "core/params.hpp"
#include "core/product_shape.hpp"

namespace shortfall {

// All that the host's libraries multiply; on accelerators all that is made for products, of which
// the quick profile takes two.
Axis product_types();
// The same, of which one after the other is tried: bf16 where `host` are not.
Axis usual_product_types(const std::vector<std::string>& host);
// A copy of which the quick profile has nothing: for what takes half a minute.
Axis without_quick(Axis axis);

// Normal data first; of the words given, only those are swept, but every other can be asked for.
Axis product_data(const std::vector<std::string>& words = {"normal"});

// Whether a call may find in a cache what the one before has left there.
Axis product_cache();
// The same, and both are swept on accelerators: it decides where there is little to multiply.
Axis product_cache_that_matters();
bool is_cold(const Params& params);

// By all ranks at once; in the full profile also by one alone.
Axis product_groups();

std::vector<Value> numbers(const std::vector<std::int64_t>& values);

// n x n of the parameters n, dtype, data and cache.
Gemm square_product(const Params& params);

// Words such as "16x4096x4096": see core/product_shape.hpp.
Axis shapes(const std::vector<std::string>& quick, const std::vector<std::string>& standard,
            const std::vector<std::string>& full);

}  // namespace shortfall

// Divisors of the numbers that a cluster is divided by.
#pragma once

#include <cstdint>
#include <vector>

namespace shortfall {

// All divisors of n >= 1, ascending.
std::vector<std::int64_t> divisors(std::int64_t n);

// All x with x1 * x2 * ... = product, ascending from the first: {1,4}, {2,2}, {4,1}.
std::vector<std::vector<std::int64_t>> ordered_factors(std::int64_t product, std::size_t count);

}  // namespace shortfall

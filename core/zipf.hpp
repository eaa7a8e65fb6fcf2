// What is dealt out unevenly, as routers of a mixture of experts do it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace shortfall {

// `count` things dealt to `parts` by a Zipf distribution: the p-th most wanted part gets a share in
// proportion to p^-skew. Which part is wanted most looks like chance, and is always the same.
std::vector<std::size_t> dealt_by_zipf(std::size_t count, std::size_t parts, double skew);

// The skew that "balanced" (0) or "zipf:EXPONENT" means. Throws BadUsage.
double skew_from(const std::string& word);

}  // namespace shortfall

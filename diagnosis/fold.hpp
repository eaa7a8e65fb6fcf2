// Findings of thousands of hosts, kept to what people can read.
#pragma once

#include <cstddef>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

inline constexpr std::size_t most_of_a_kind = 16;

// Keeps the first 16 findings of equal kind and metric; one more without a host says how many were
// left out and on which hosts the next of them are.
std::vector<Finding> folded(std::vector<Finding> findings);

// "node01, node02 and 62 more".
std::string names_text(const std::vector<std::string>& names, std::size_t all);

}  // namespace shortfall

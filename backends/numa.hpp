// NUMA nodes: which there are, and how memory is made to lie on one. By system calls, so that no
// library is needed.
#pragma once

#include <optional>
#include <string>

#include "core/operation/placement.hpp"
#include "core/units.hpp"

namespace shortfall {

// Why memory cannot lie on a node; nothing if it can, or if it is local. `root` stands for "/".
std::optional<std::string> why_not_on_node(int node, Bytes bytes, const std::string& root);

// Before the memory is touched. `memory` begins a page. Throws Error if the system refuses.
void bind_to_node(void* memory, std::size_t bytes, int node);

}  // namespace shortfall

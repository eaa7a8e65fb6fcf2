// How much of what a rank used may still lie in caches when it is used again.
#pragma once

#include <filesystem>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// The last level's of these logical CPUs, as the system below `root` describes it: one that several
// of them share counts once. 0 = the system does not say.
Bytes last_level_cache(const std::vector<int>& cpus, const std::filesystem::path& root);

// Of the CPUs on which the calling thread may run; 0 = not told.
Bytes last_level_cache();

}  // namespace shortfall

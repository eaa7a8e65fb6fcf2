// How many calls of UCX are under way at once.
#pragma once

#include <cstddef>

namespace shortfall::ucx {

// As ucx_perftest has it: enough for every transport, and requests of UCX stay in the cache.
inline constexpr std::size_t most_in_flight = 32;

}  // namespace shortfall::ucx

// Which of several ways to pass over memory is the fastest on this GPU: found by trying them.
#pragma once

#include <vector>

#include "backends/cuda/pass_kernels.hpp"
#include "core/units.hpp"

namespace shortfall::cuda {

// Blocks of a sum, and so the numbers that they leave.
inline constexpr unsigned most_partial_sums = 1U << 16U;

// Those that are worth trying on so many multiprocessors. Either as many blocks as these hold at
// once share the work, or there are many blocks that have little to do.
std::vector<PassWay> ways_of(Formula formula, const PassTask& task, unsigned units);

// Tries all of them, for some 10 ms: on the beginning of the arrays where they are large. `bytes`
// are those that the whole pass reads and writes. Only the indices of a gather must have been
// filled.
PassWay fastest_way(Formula formula, const PassTask& task, Bytes bytes, int units);

}  // namespace shortfall::cuda

// Which of several ways to do the same is fastest on this GPU.
#pragma once

#include <functional>
#include <vector>

#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {

struct Tuned {
  std::size_t best = 0;
  std::size_t tried = 0;
  double gain = 1;  // how much faster the best is than the first
};

// Enqueues candidate `i` once; false: it cannot be done.
using EnqueueCandidate = std::function<bool(std::size_t i, CudaStream&)>;

// Each of `count` candidates is called once to be loaded and once to be seen; those that take at
// most half as long again as the quickest are timed five times, and the shortest median is kept.
// Of those within 0.5 % of it the first is taken, so that equal GPUs choose alike. Takes about as
// long as `budget`, but for what is long: there at least eight are tried, and fewer times are
// taken.
Tuned fastest_of(std::size_t count, const EnqueueCandidate& enqueue, CudaStream& stream,
                 Seconds budget);

}  // namespace shortfall::cuda

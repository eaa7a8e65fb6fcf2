// The DOUBLE of the kernels of patterns: see backends/cuda/pattern_kernels.hpp.
#include "backends/cuda/pattern_kernels.hpp"

#include <algorithm>

#include "backends/cuda/pattern_body.hpp"
#include "core/draw_type.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

// Backwards: threads of a device come in no order.
template <class Body>
void each_worker(LaunchSize size, Body body) {
  for (unsigned block = size.blocks; block-- > 0;) {
    for (unsigned thread = size.threads; thread-- > 0;) {
      body(worker_of(block, size.blocks, thread, size.threads));
    }
  }
}

}  // namespace

void launch_fill(const PatternTask& task, Stretch to, LaunchSize size, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    draw::with_type(task.type, [&](auto number) {
      using T = decltype(number);
      each_worker(size, [&](Worker worker) {
        with_raw_elements<T>(task, FillBody<T>{to, task.count, worker});
      });
    });
  });
}

void launch_compare(const PatternTask& task, Stretch found, std::uint64_t* first_wrong,
                    LaunchSize size, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    draw::with_type(task.type, [&](auto number) {
      using T = decltype(number);
      each_worker(size, [&](Worker worker) {
        const CompareBody<T> body{found, task.count, task.bits_decide, worker};
        *first_wrong = std::min(*first_wrong, with_raw_elements<T>(task, body));
      });
    });
  });
}

void launch_sum(const SumTask& task, std::uint64_t* sum, LaunchSize size, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    each_worker(size, [&](Worker worker) {
      *sum += static_cast<std::uint64_t>(sum_of_part(task, worker));
    });
  });
}

void launch_hash(Stretch of, std::size_t bytes, std::uint64_t* hash, LaunchSize size,
                 cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    each_worker(size, [&](Worker worker) { *hash += hash_of_part(of, bytes, worker); });
  });
}

}  // namespace shortfall::cuda

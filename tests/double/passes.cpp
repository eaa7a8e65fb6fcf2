// The DOUBLE's passes over memory: the bodies of the kernels, run by loops over blocks and threads.
// What blocks do together (backends/cuda/passes.cu: sum_of_block, finish_sum) is done here by one
// addition after another.
#include <cstring>

#include "backends/cuda/pass_body.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

// Addresses that the device would refuse break it.
template <class T>
bool is_aligned(const T* at) {
  return reinterpret_cast<std::uintptr_t>(at) % alignof(T) == 0;
}

struct HostMemory {
  template <class T>
  static T load(const T* at) {
    if (!is_aligned(at)) cuda_double::break_device(cudaErrorMisalignedAddress);
    return *at;
  }
  static void store(TwoNumbers* at, const TwoNumbers& value) {
    if (!is_aligned(at)) cuda_double::break_device(cudaErrorMisalignedAddress);
    *at = value;
  }
};

template <class F, int loads>
void run(const PassTask& task, const PassWay& way) {
  double sum = 0;
  for (unsigned block = 0; block < way.blocks; ++block) {
    double of_block = 0;
    for (unsigned thread = 0; thread < way.threads; ++thread) {
      of_block +=
          part_of_pass<F, HostMemory, loads>(task, {block, way.blocks, thread, way.threads});
    }
    if (F::is_sum) sum += task.partial[block] = of_block;
  }
  if (F::is_sum) *task.to = sum;
}

}  // namespace

void launch_pass(Formula formula, const PassTask& task, const PassWay& way, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    with(formula, [&](auto f) {
      if (way.loads == 4) {
        run<decltype(f), 4>(task, way);
      } else {
        run<decltype(f), 8>(task, way);
      }
    });
  });
}

unsigned blocks_at_once(Formula, const PassWay& way) { return 2048 / way.threads; }

}  // namespace shortfall::cuda

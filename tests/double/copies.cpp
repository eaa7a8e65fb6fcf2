// The DOUBLE's copying kernel: the bodies, run by loops over copies, blocks and threads.
#include "backends/cuda/copy_body.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

struct HostVectors {
  static FourWords load(const FourWords* at) { return *at; }
  static void store(FourWords* at, const FourWords& value) { *at = value; }
};

template <int depth>
void run(const CopyTask& task, unsigned blocks) {
  for (unsigned block = 0; block < blocks; ++block) {
    for (unsigned thread = 0; thread < CopyWay::threads; ++thread) {
      part_of_copy<HostVectors, depth>(task, {block, blocks, thread, CopyWay::threads});
    }
  }
}

}  // namespace

void launch_copies(const CopyTasks& tasks, const CopyWay& way, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    for (unsigned i = 0; i < tasks.count; ++i) {
      CopyTask task = tasks.each[i];
      if (!cuda_double::is_visible(task.from) || !cuda_double::is_visible(task.to)) {
        return cuda_double::break_device(cudaErrorIllegalAddress);
      }
      task.bytes = cuda_double::arriving(task.to, task.bytes);
      if (way.is_deep) {
        run<CopyWay::deep>(task, way.blocks);
      } else {
        run<1>(task, way.blocks);
      }
    }
  });
}

}  // namespace shortfall::cuda

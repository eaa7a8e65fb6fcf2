// The DOUBLE's chase: the bodies of the kernels, run by loops.
#include "backends/cuda/chase_body.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

struct HostLoads {
  static const ChaseLink* next(const ChaseLink* at) { return at->next; }
};

}  // namespace

void launch_linking(const ChaseTask& task, ChaseState* state, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    for (std::uint64_t place = 0; place < task.count; ++place) link(task, place);
    *state = {task.links + line_at(0, task.count), 0};
  });
}

void launch_link_check(const ChaseTask& task, unsigned* wrong, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    for (std::uint64_t line = 0; line < task.count; ++line) *wrong += is_linked(task, line) ? 0 : 1;
  });
}

void launch_chase(const ChaseTask& task, int steps, ChaseLoads, ChaseState* state, double* moved,
                  cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] { follow<HostLoads>(task, steps, *state, *moved); });
}

}  // namespace shortfall::cuda

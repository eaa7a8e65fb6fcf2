#include "backends/cuda/chase_body.hpp"

namespace shortfall::cuda {
namespace {

constexpr unsigned threads_of_block = 256;

// By the first-level cache, too.
struct CachedLoads {
  __device__ static const ChaseLink* next(const ChaseLink* at) {
    std::uint64_t next = 0;
    asm volatile("ld.global.ca.u64 %0, [%1];" : "=l"(next) : "l"(&at->next));
    return reinterpret_cast<const ChaseLink*>(next);
  }
};

// Past the first-level cache, which may hold lines of other memories.
struct LoadsFromAfar {
  __device__ static const ChaseLink* next(const ChaseLink* at) {
    std::uint64_t next = 0;
    asm volatile("ld.relaxed.sys.global.u64 %0, [%1];" : "=l"(next) : "l"(&at->next) : "memory");
    return reinterpret_cast<const ChaseLink*>(next);
  }
};

__device__ std::uint64_t number_of_thread() {
  return std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x;
}

__global__ void link_all(const ChaseTask task, ChaseState* state) {
  const std::uint64_t place = number_of_thread();
  if (place >= task.count) return;
  link(task, place);
  if (place == 0) *state = {task.links + line_at(0, task.count), 0};
}

__global__ void check_all(const ChaseTask task, unsigned* wrong) {
  const std::uint64_t line = number_of_thread();
  if (line < task.count && !is_linked(task, line)) atomicAdd(wrong, 1U);
}

// A kernel finds the first-level cache empty: before one thread begins to chase, all fetch what may
// fit.
__global__ void __launch_bounds__(1024)
    chase(const ChaseTask task, int steps, ChaseState* state, double* moved) {
  constexpr std::uint64_t most = (256U << 10U) / sizeof(ChaseLink);  // of sm_90 and sm_100
  for (std::uint64_t line = threadIdx.x; line < task.count && line < most; line += blockDim.x) {
    CachedLoads::next(task.links + line);
  }
  __syncthreads();
  if (threadIdx.x == 0) follow<CachedLoads>(task, steps, *state, *moved);
}

__global__ void chase_afar(const ChaseTask task, int steps, ChaseState* state, double* moved) {
  follow<LoadsFromAfar>(task, steps, *state, *moved);
}

unsigned blocks_for(const ChaseTask& task) {
  return static_cast<unsigned>((task.count + threads_of_block - 1) / threads_of_block);
}

}  // namespace

void launch_linking(const ChaseTask& task, ChaseState* state, cudaStream_t stream) {
  link_all<<<blocks_for(task), threads_of_block, 0, stream>>>(task, state);
}

void launch_link_check(const ChaseTask& task, unsigned* wrong, cudaStream_t stream) {
  check_all<<<blocks_for(task), threads_of_block, 0, stream>>>(task, wrong);
}

void launch_chase(const ChaseTask& task, int steps, ChaseLoads loads, ChaseState* state,
                  double* moved, cudaStream_t stream) {
  if (loads == ChaseLoads::from_afar) {
    chase_afar<<<1, 1, 0, stream>>>(task, steps, state, moved);
  } else {
    chase<<<1, 1024, 0, stream>>>(task, steps, state, moved);
  }
}

}  // namespace shortfall::cuda

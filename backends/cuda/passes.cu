#include "backends/cuda/pass_body.hpp"

namespace shortfall::cuda {
namespace {

struct Cached {
  __device__ static TwoNumbers load(const TwoNumbers* at) {
    const double2 v = *reinterpret_cast<const double2*>(at);
    return {v.x, v.y};
  }
  __device__ static TwoIndices load(const TwoIndices* at) {
    const int2 v = *reinterpret_cast<const int2*>(at);
    return {v.x, v.y};
  }
  __device__ static double load(const double* at) { return *at; }
  __device__ static void store(TwoNumbers* at, const TwoNumbers& v) {
    *reinterpret_cast<double2*>(at) = make_double2(v.x, v.y);
  }
};

// Nothing that is loaded so may be written by the same kernel. Volatile keeps loads before the
// stores that the source has after them.
struct Streaming {
  __device__ static TwoNumbers load(const TwoNumbers* at) {
    TwoNumbers v;
    asm volatile("ld.global.nc.L1::no_allocate.v2.f64 {%0, %1}, [%2];"
                 : "=d"(v.x), "=d"(v.y)
                 : "l"(at));
    return v;
  }
  __device__ static TwoIndices load(const TwoIndices* at) {
    TwoIndices v;
    asm volatile("ld.global.nc.L1::no_allocate.v2.s32 {%0, %1}, [%2];"
                 : "=r"(v.x), "=r"(v.y)
                 : "l"(at));
    return v;
  }
  __device__ static double load(const double* at) {
    double v = 0;
    asm volatile("ld.global.nc.L1::no_allocate.f64 %0, [%1];" : "=d"(v) : "l"(at));
    return v;
  }
  __device__ static void store(TwoNumbers* at, const TwoNumbers& v) {
    __stcs(reinterpret_cast<double2*>(at), make_double2(v.x, v.y));
  }
};

// Over all threads of a block; in thread 0 alone.
__device__ double sum_of_block(double mine) {
  constexpr unsigned width = 32, whole_warp = 0xffffffff;
  __shared__ double of_warp[PassWay::most_threads / width];
  for (unsigned apart = width / 2; apart > 0; apart /= 2) {
    mine += __shfl_down_sync(whole_warp, mine, apart);
  }
  if (threadIdx.x % width == 0) of_warp[threadIdx.x / width] = mine;
  __syncthreads();
  double sum = 0;
  if (threadIdx.x == 0) {
    for (unsigned warp = 0; warp < blockDim.x / width; ++warp) sum += of_warp[warp];
  }
  __syncthreads();  // of_warp may now be written again
  return sum;
}

// Blocks end in any order. The last one adds what all have left, always in the same order.
__device__ void finish_sum(const PassTask& task, double mine) {
  __shared__ bool is_last;
  const double of_block = sum_of_block(mine);
  if (threadIdx.x == 0) {
    task.partial[blockIdx.x] = of_block;
    __threadfence();  // everybody sees it before this block counts as finished
    const unsigned last = gridDim.x - 1;
    is_last = atomicInc(task.finished, last) == last;  // which sets it back to 0
    __threadfence();
  }
  __syncthreads();
  if (!is_last) return;
  double sum = 0;
  for (unsigned block = threadIdx.x; block < gridDim.x; block += blockDim.x) {
    sum += __ldcg(task.partial + block);
  }
  sum = sum_of_block(sum);
  if (threadIdx.x == 0) *task.to = sum;
}

template <class F, class Memory, int loads>
__global__ void __launch_bounds__(PassWay::most_threads) pass(const PassTask task) {
  const Seat seat{blockIdx.x, gridDim.x, threadIdx.x, blockDim.x};
  const double sum = part_of_pass<F, Memory, loads>(task, seat);
  if constexpr (F::is_sum) finish_sum(task, sum);
}

using Kernel = void (*)(PassTask);

template <class F>
Kernel kernel_of(const PassWay& way) {
  if (way.loads == 4) return way.is_streaming ? pass<F, Streaming, 4> : pass<F, Cached, 4>;
  return way.is_streaming ? pass<F, Streaming, 8> : pass<F, Cached, 8>;
}

Kernel kernel_of(Formula formula, const PassWay& way) {
  return with(formula, [&](auto f) { return kernel_of<decltype(f)>(way); });
}

}  // namespace

void launch_pass(Formula formula, const PassTask& task, const PassWay& way, cudaStream_t stream) {
  kernel_of(formula, way)<<<way.blocks, way.threads, 0, stream>>>(task);
}

unsigned blocks_at_once(Formula formula, const PassWay& way) {
  int blocks = 0;
  const auto status = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &blocks, kernel_of(formula, way), static_cast<int>(way.threads), 0);
  if (status != cudaSuccess) cudaGetLastError();
  return status == cudaSuccess ? static_cast<unsigned>(blocks) : 0;
}

}  // namespace shortfall::cuda

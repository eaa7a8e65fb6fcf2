#include "backends/cuda/copy_body.hpp"

namespace shortfall::cuda {
namespace {

// What passes through is used once: first-level caches keep none of it. Not as read-only data: then
// the assembler may move loads behind stores, to spend fewer registers on what is in flight.
struct Streaming {
  __device__ static FourWords load(const FourWords* at) {
    FourWords v;
    asm volatile("ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(at));
    return v;
  }
  __device__ static void store(FourWords* at, const FourWords& v) {
    __stcs(reinterpret_cast<uint4*>(at), make_uint4(v.x, v.y, v.z, v.w));
  }
};

// Rows of the grid are copies.
template <int depth>
__global__ void __launch_bounds__(CopyWay::threads) copy(const CopyTasks tasks) {
  const Seat seat{blockIdx.x, gridDim.x, threadIdx.x, blockDim.x};
  part_of_copy<Streaming, depth>(tasks.each[blockIdx.y], seat);
}

}  // namespace

void launch_copies(const CopyTasks& tasks, const CopyWay& way, cudaStream_t stream) {
  const dim3 grid(way.blocks, tasks.count);
  if (way.is_deep) {
    copy<CopyWay::deep><<<grid, CopyWay::threads, 0, stream>>>(tasks);
  } else {
    copy<1><<<grid, CopyWay::threads, 0, stream>>>(tasks);
  }
}

}  // namespace shortfall::cuda

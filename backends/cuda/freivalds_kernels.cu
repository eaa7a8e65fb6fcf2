#include "backends/cuda/freivalds_kernels.hpp"

#include "core/draw_type.hpp"

namespace shortfall::cuda {
namespace {

constexpr unsigned threads_of_block = 256;  // whole warps: all lanes of one have the same row

// That of the lane `by` above; lanes without one get their own, which nobody asks for.
__device__ double from_above(double number, int by) {
  constexpr unsigned all = 0xffffffff;
  return __shfl_down_sync(all, number, by);
}
__device__ SignedSums from_above(const SignedSums& s, int by) {
  return {from_above(s.product, by), from_above(s.squares, by)};
}
__device__ LeftSums from_above(const LeftSums& s, int by) {
  return {from_above(s.product, by), from_above(s.paired, by), from_above(s.squares, by)};
}

// sums[row] = all that of_lane(row, lane) returns.
template <class Sums, class OfLane>
__device__ void sum_rows(Sums* sums, std::size_t rows, OfLane of_lane) {
  const int lane = static_cast<int>(threadIdx.x % lanes);
  const std::size_t warps_of_block = blockDim.x / lanes;
  std::size_t row = blockIdx.x * warps_of_block + threadIdx.x / lanes;
  for (; row < rows; row += gridDim.x * warps_of_block) {
    Sums sum = of_lane(row, lane);
    for (int by = lanes / 2; by > 0; by /= 2) add(sum, from_above(sum, by));
    if (lane == 0) sums[row] = sum;
  }
}

template <class T>
__global__ void sum_drawn_rows(const __grid_constant__ SignedRows task) {
  sum_rows(task.sums, task.rows,
           [&](std::size_t row, int lane) { return drawn_lane<T>(task, row, lane); });
}

template <class T>
__global__ void sum_memory_rows(const __grid_constant__ SignedRows task) {
  const auto* const data = static_cast<const T*>(task.memory);
  sum_rows(task.sums, task.rows,
           [&](std::size_t row, int lane) { return memory_lane<T>(task, data, row, lane); });
}

template <class T>
__global__ void sum_left_rows(const __grid_constant__ LeftRows task) {
  sum_rows(task.sums, task.rows,
           [&](std::size_t row, int lane) { return left_lane<T>(task, row, lane); });
}

}  // namespace

void launch_drawn_sums(const SignedRows& task, unsigned blocks, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    sum_drawn_rows<decltype(number)><<<blocks, threads_of_block, 0, stream>>>(task);
  });
}

void launch_memory_sums(const SignedRows& task, unsigned blocks, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    sum_memory_rows<decltype(number)><<<blocks, threads_of_block, 0, stream>>>(task);
  });
}

void launch_left_sums(const LeftRows& task, unsigned blocks, cudaStream_t stream) {
  draw::with_type(task.type, [&](auto number) {
    sum_left_rows<decltype(number)><<<blocks, threads_of_block, 0, stream>>>(task);
  });
}

}  // namespace shortfall::cuda

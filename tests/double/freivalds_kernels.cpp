// The DOUBLE of the kernels of Freivalds' check: see backends/cuda/freivalds_kernels.hpp. A warp is
// an array of its lanes' numbers.
#include "backends/cuda/freivalds_kernels.hpp"

#include <array>

#include "core/draw_type.hpp"
#include "tests/double/runtime.hpp"

namespace shortfall::cuda {
namespace {

// As shuffles do it: each lane adds the number of the one `by` above.
template <class Sums, class OfLane>
Sums sum_of_warp(std::size_t row, OfLane of_lane) {
  std::array<Sums, lanes> sums;
  for (int lane = 0; lane < lanes; ++lane) {
    sums[static_cast<std::size_t>(lane)] = of_lane(row, lane);
  }
  for (std::size_t by = lanes / 2; by > 0; by /= 2) {
    for (std::size_t lane = 0; lane + by < lanes; ++lane) add(sums[lane], sums[lane + by]);
  }
  return sums[0];
}

template <class Sums, class OfLane>
void sum_rows(Sums* sums, std::size_t rows, OfLane of_lane) {
  for (std::size_t row = 0; row < rows; ++row) sums[row] = sum_of_warp<Sums>(row, of_lane);
}

}  // namespace

void launch_drawn_sums(const SignedRows& task, unsigned, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    draw::with_type(task.type, [&](auto number) {
      sum_rows(task.sums, task.rows, [&](std::size_t row, int lane) {
        return drawn_lane<decltype(number)>(task, row, lane);
      });
    });
  });
}

void launch_memory_sums(const SignedRows& task, unsigned, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    draw::with_type(task.type, [&](auto number) {
      const auto* const data = static_cast<const decltype(number)*>(task.memory);
      sum_rows(task.sums, task.rows,
               [&](std::size_t row, int lane) { return memory_lane(task, data, row, lane); });
    });
  });
}

void launch_left_sums(const LeftRows& task, unsigned, cudaStream_t stream) {
  cuda_double::enqueue(stream, [=] {
    draw::with_type(task.type, [&](auto number) {
      sum_rows(task.sums, task.rows, [&](std::size_t row, int lane) {
        return left_lane<decltype(number)>(task, row, lane);
      });
    });
  });
}

}  // namespace shortfall::cuda

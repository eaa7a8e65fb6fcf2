#include "model/limits/matmul.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

constexpr double blocks_of_a_multiprocessor = 4;

struct Tiling {  // real-valued: how often a matrix is cut across and along
  double rows = 1, columns = 1;
};

// The most square tiles that hold the matrix in as few pieces as fit.
Tiling tiling(double rows, double columns, Bytes capacity, double word_bytes) {
  const double pieces = std::ceil(rows * columns * word_bytes / capacity.value);
  const double words = rows * columns / pieces;
  const double height = std::max(std::min(rows, std::sqrt(words)), words / columns);
  const double width = words / height;
  return {rows / height, columns / width};
}

double padded(double width, std::int64_t chunk) {
  const auto step = static_cast<double>(chunk);
  return std::ceil(width / step) * step;
}

}  // namespace

Traffic traffic(const MatrixProduct& p, const TileStore& store, double word_bytes) {
  const Bytes weights{p.d1 * p.d2 * word_bytes};
  const Bytes out{p.d1 * p.batch * word_bytes}, in{p.d2 * p.batch * word_bytes};
  const Bytes all_stores = store.capacity * store.concurrent;
  const Tiling large =
      tiling(p.d1, p.d2, store.is_shared ? all_stores : store.capacity, word_bytes);
  const Tiling small = store.is_shared ? tiling(p.d1, p.d2, store.capacity, word_bytes) : Tiling{};
  Traffic moved;
  const bool stays_resident = !(weights * 2 > all_stores);
  if (!stays_resident) {
    moved.from_above =
        p.for_weight_gradients ? weights * 2 : weights;  // gradients: read and written
  }
  moved.from_above = moved.from_above + in * large.rows;
  if (small.rows > 1) moved.between_stores = in * small.rows;
  if (p.for_weight_gradients) {
    moved.from_above = moved.from_above + out * large.columns;
    if (small.columns > 1) moved.between_stores = moved.between_stores + out * small.columns;
  } else {  // partial sums are written, and read again by all columns but the first
    moved.from_above = moved.from_above + out * (2 * large.columns - 1);
    moved.between_stores = moved.between_stores + out * (2 * (small.columns - 1));
  }
  return moved;
}

Seconds product_time(const MatrixProduct& product, const Accelerator& gpu,
                     const Assumptions& assumed) {
  const auto multiprocessors = static_cast<double>(gpu.multiprocessors);
  const Bytes block = gpu.useful_registers(assumed);
  const Bytes multiprocessor = block * blocks_of_a_multiprocessor;
  const double word = gpu.word_bytes();
  const Traffic l2 =
      traffic(product, {.capacity = std::max(gpu.useful_l2(assumed), multiprocessor)}, word);
  const Traffic shared = traffic(product,
                                 {.capacity = multiprocessor,
                                  .concurrent = multiprocessors,
                                  .is_shared = gpu.shares_between_sms},
                                 word);
  const Traffic registers = traffic(
      product, {.capacity = block, .concurrent = multiprocessors * blocks_of_a_multiprocessor},
      word);
  const Seconds slowest =
      std::max({l2.from_above / gpu.memory_rate, (l2.from_above + shared.from_above) / gpu.l2_rate,
                (shared.from_above + shared.between_stores + registers.from_above) /
                    gpu.shared_rate(assumed)});
  const std::int64_t chunk = assumed.tensor_core_chunk;
  const Flops flop{2 * padded(product.d1, chunk) * padded(product.d2, chunk) *
                   padded(product.batch, chunk)};
  return std::max(slowest, flop / gpu.sustained()) + gpu.product_latency;
}

}  // namespace shortfall

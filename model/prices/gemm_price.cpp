#include "model/prices/gemm_price.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "model/training/counts.hpp"

#include "model/system/measured_products.hpp"

namespace shortfall {
namespace {

// Pieces of a power of two.
std::int64_t pieces_of(std::int64_t whole, std::int64_t piece) {
  return (whole + piece - 1) >> std::countr_zero(static_cast<std::uint64_t>(piece));
}

// Bytes of which both operands' rows, and so the addresses where they begin, are multiples.
std::int64_t alignment_of(const Gemm& g, double operand_bytes) {
  const auto bytes = [&](std::int64_t elements) {
    return static_cast<std::uint64_t>(static_cast<double>(elements) * operand_bytes);
  };
  return std::int64_t{1} << std::countr_zero(bytes(g.k) | bytes(g.n) | 16);
}

// Matrix units are fed by loads of 16 B. A single product may be copied in pieces of 4 B on the
// way; the strided kernels of many products do without matrix units.
Throughput with_alignment(Throughput best, const Gemm& g, double operand_bytes,
                          const DeviceModel& device) {
  const std::int64_t alignment = alignment_of(g, operand_bytes);
  if (g.batch > 1 && alignment < 16) return std::min(best, device.without_matrix_units);
  if (alignment < 4) return std::min(best, device.peak * device.odd_rows);
  return best;
}

// Parts along k, so that all units have something to do; shorter ones than this do not pay.
constexpr std::int64_t most_parts = 8, shortest_part = 256;

std::int64_t parts_along_k(const Gemm& g, std::int64_t tiles, std::int64_t units) {
  std::int64_t parts = 1;
  while (parts < most_parts && 2 * parts * tiles <= units && g.k >= 2 * parts * shortest_part) {
    parts *= 2;
  }
  return parts;
}

// `of_flop`: what one FLOP takes one unit at the best rate.
Seconds with_tile(const Gemm& g, const Tile& tile, Seconds of_flop, const DeviceModel& device) {
  const std::int64_t tiles = pieces_of(g.m, tile.rows) * pieces_of(g.n, tile.columns) * g.batch;
  const std::int64_t parts = parts_along_k(g, tiles, device.units);
  const double waves = static_cast<double>(share_of(tiles * parts, device.units));
  const double flop =
      2.0 * static_cast<double>(tile.rows * tile.columns) * static_cast<double>(g.k);
  const Seconds computing =
      of_flop * (waves * flop / (static_cast<double>(parts) * tile.efficiency));
  if (parts == 1) return computing;
  // Partial sums are written and read in f32.
  const double sums = 8.0 * static_cast<double>(parts * g.batch) * static_cast<double>(g.m * g.n);
  return computing + Bytes{sums} / device.memory;
}

Seconds in_memory(const Gemm& g, double operand_bytes, const DeviceModel& device) {
  const auto m = static_cast<double>(g.m), n = static_cast<double>(g.n),
             k = static_cast<double>(g.k), batch = static_cast<double>(g.batch);
  const double result_bytes = static_cast<double>(size_of(g.type));
  return Bytes{batch * (operand_bytes * (m * k + k * n) + result_bytes * m * n)} / device.memory;
}

}  // namespace

Seconds price_of(const Gemm& g, Precision precision, const DeviceModel& device) {
  const bool is_fp8 = precision == Precision::fp8 && device.peak_fp8.value > 0;
  const double operand_bytes = is_fp8 ? 1 : static_cast<double>(size_of(g.type));
  const double sustained = device.clock * device.contention;
  const Throughput best_of_type = is_fp8 ? device.peak_fp8 * (sustained * device.best_shape_fp8)
                                         : device.peak * (sustained * device.best_shape);
  const Throughput best = with_alignment(best_of_type, g, operand_bytes, device);
  const Seconds of_flop = Flops{static_cast<double>(device.units)} / best;
  Seconds soonest{std::numeric_limits<double>::infinity()};
  for (const Tile& tile : device.tiles) {
    soonest = std::min(soonest, with_tile(g, tile, of_flop, device));
  }
  const Seconds time = std::max(soonest, in_memory(g, operand_bytes, device)) + device.kernel_start;
  return device.products ? time * device.products->over_model(g) : time;
}

}  // namespace shortfall

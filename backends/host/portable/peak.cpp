// Multiply-adds on registers for processors without kernels of their own, as the compiler does
// them.
#include <array>

#include "backends/host/peak_kernels.hpp"

namespace shortfall {
namespace {

// 16 registers of 16 bytes: enough to hide the latency of a multiply-add on four units.
template <class Lane>
struct Registers {
  static constexpr int count = 16;
  static constexpr int lanes = 16 / static_cast<int>(sizeof(Lane));
  using Vector [[gnu::vector_size(16)]] = Lane;
};

template <class Lane>
double run(std::int64_t rounds) {
  using Shape = Registers<Lane>;
  std::array<typename Shape::Vector, Shape::count> values;
  for (int i = 0; i < Shape::count; ++i) {  // all different, or one computation would do for all
    const auto start = static_cast<Lane>(i);
    for (int lane = 0; lane < Shape::lanes; ++lane)
      values[static_cast<std::size_t>(i)][lane] = start;
  }
  const auto factor = static_cast<Lane>(0.5), addend = static_cast<Lane>(1);
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 16
    for (auto& value : values) value = value * factor + addend;  // goes to 2
  }
  double sum = 0;
  for (const auto& value : values) sum += static_cast<double>(value[0]);
  return sum;
}

template <class Lane>
PeakKernel kernel() {
  constexpr std::int64_t operations = 2 * Registers<Lane>::count * Registers<Lane>::lanes;
  return {"multiply-add on vectors of 16 bytes, as compiled", operations, run<Lane>};
}

}  // namespace

std::vector<PeakKernel> peak_kernels(DType type) {
  switch (type) {
    case DType::f64:
      return {kernel<double>()};
    case DType::f32:
      return {kernel<float>()};
    default:
      return {};
  }
}

}  // namespace shortfall

#include "gemm_bench/beside.hpp"

#include "gemm_bench/gemm_axes.hpp"

namespace shortfall {

Axis of_few_in_quick(Axis axis, Value only) {
  axis.values[static_cast<std::size_t>(Profile::quick)] = {std::move(only)};
  return axis;
}

std::vector<Axis> beside_axes() {
  constexpr std::int64_t usual = std::int64_t{256} << 20;
  return {of_few_in_quick(geometric("bytes", 1_MiB, {1_GiB, 16}, {1_GiB, 16}, {4_GiB, 4}), usual),
          integers("n", {8192}, {4096, 8192}, {2048, 4096, 8192, 16384}),
          usually(choice("dtype", {"bf16", "f16", "f32", "f8_e4m3"}), {"bf16"})};
}

Gemm product_beside(const Params& params) {
  const std::int64_t n = params.integer("n");
  return {.m = n, .n = n, .k = n, .type = params.dtype()};
}

}  // namespace shortfall

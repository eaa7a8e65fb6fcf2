#include "gemm_bench/beside.hpp"

#include "gemm_bench/gemm_axes.hpp"

namespace shortfall {

std::vector<Axis> beside_axes() {
  return {geometric("bytes", 1_MiB, {256_MiB, 256}, {1_GiB, 16}, {4_GiB, 4}),
          integers("n", {8192}, {4096, 8192}, {2048, 4096, 8192, 16384}),
          usually(choice("dtype", {"bf16", "f16", "f32", "f8_e4m3"}), {"bf16"})};
}

Gemm product_beside(const Params& params) {
  const std::int64_t n = params.integer("n");
  return {.m = n, .n = n, .k = n, .type = params.dtype()};
}

}  // namespace shortfall

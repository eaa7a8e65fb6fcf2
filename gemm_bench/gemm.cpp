// Matrix product: where nearly all FLOPs of a training run are spent.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm() {
  return {
      .name = "gemm",
      .suite = Suite::gemm,
      .summary = "product of two square matrices",
      .axes = {integers("n", {1024, 2048}, {1024, 2048, 4096}, {256, 512, 1024, 2048, 4096, 8192}),
               dtypes({DType::f64, DType::f32, DType::bf16, DType::int8}),
               choice("data", {"normal"}), usually(choice("group", {"all", "one"}), {"all"})},
      .operation =
          [](const Params& p) {
            const auto n = p.integer("n");
            return Gemm{.m = n, .n = n, .k = n, .type = p.dtype()};
          },
  };
}

}  // namespace shortfall

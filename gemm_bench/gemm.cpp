// Matrix product: where nearly all FLOPs of a training run are spent.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm() {
  return {
      .name = "gemm",
      .suite = Suite::gemm,
      .summary = "product of two square matrices",
      .axes = {integers("n", {1024, 2048}, {1024, 2048, 4096}, {256, 512, 1024, 2048, 4096, 8192}),
               product_types(),
               product_data({"normal", "uniform", "integers", "zeros", "sparse:0.9", "sorted"}),
               product_groups()},
      .operation =
          [](const Params& p) {
            const auto n = p.integer("n");
            return Gemm{
                .m = n, .n = n, .k = n, .type = p.dtype(), .data = data_from(p.text("data"))};
          },
  };
}

}  // namespace shortfall

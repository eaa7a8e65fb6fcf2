// Products that are not square: few rows, as when tokens are generated one by one, tall and narrow
// ones.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_shape() {
  const std::vector<std::string> usual{"1x4096x4096",   "16x4096x4096",  "64x4096x4096",
                                       "4096x64x4096",  "8192x128x1024", "4096x4096x128",
                                       "128x128x16384", "1000x1000x1000"};
  return {
      .name = "gemm_shape",
      .suite = Suite::gemm,
      .summary = "product of two rectangular matrices: m rows, n columns, sums over k",
      .axes = {shapes({"16x4096x4096"}, usual, usual), product_types(), product_data(),
               product_groups()},
      .operation =
          [](const Params& p) {
            const auto [m, n, k] = shape_from(p.text("shape"));
            return Gemm{
                .m = m, .n = n, .k = k, .type = p.dtype(), .data = data_from(p.text("data"))};
          },
  };
}

}  // namespace shortfall

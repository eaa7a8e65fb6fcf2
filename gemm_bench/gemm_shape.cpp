// Products that are not square: few rows, as when tokens are generated one by one, tall and narrow
// ones.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_shape() {
  const std::vector<std::string> usual{"1x4096x4096",   "16x4096x4096",  "64x4096x4096",
                                       "4096x64x4096",  "8192x128x1024", "4096x4096x128",
                                       "128x128x16384", "1000x1000x1000"};
  // Few rows, few columns, few and many sums, and one that no tile divides.
  const std::vector<Value> on_gpus{"1x8192x8192",   "16x8192x8192",    "128x8192x8192",
                                   "8192x512x8192", "16384x16384x128", "1024x1024x65536",
                                   "4000x4000x4000"};
  return {
      .name = "gemm_shape",
      .suite = Suite::gemm,
      .summary = "product of two rectangular matrices: m rows, n columns, sums over k",
      .axes = {accelerated(shapes({"16x4096x4096"}, usual, usual), {"16x8192x8192"}, on_gpus,
                           on_gpus),
               product_types(), product_data(), product_groups(), product_cache_that_matters()},
      .operation =
          [](const Params& p) {
            const auto [m, n, k] = shape_from(p.text("shape"));
            return Gemm{.m = m,
                        .n = n,
                        .k = k,
                        .type = p.dtype(),
                        .data = data_from(p.text("data")),
                        .is_cold = is_cold(p)};
          },
  };
}

}  // namespace shortfall

// Many small products at once, as attention has one for each head and sequence.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_batched() {
  // Of 128 tokens and heads of 64: queries times keys, then weights times values; and of 512.
  const std::vector<std::string> attention{"128x128x64", "128x64x128", "512x512x64", "512x64x512"};
  return {
      .name = "gemm_batched",
      .suite = Suite::gemm,
      .summary = "independent products of one shape, all in one call",
      .axes = {shapes({"128x128x64"}, attention, attention),
               integers("batch", {64}, {64}, {8, 64, 512}), product_types(), product_data(),
               product_groups()},
      .operation =
          [](const Params& p) {
            const auto [m, n, k] = shape_from(p.text("shape"));
            return Gemm{.m = m,
                        .n = n,
                        .k = k,
                        .type = p.dtype(),
                        .batch = p.integer("batch"),
                        .data = data_from(p.text("data"))};
          },
  };
}

}  // namespace shortfall

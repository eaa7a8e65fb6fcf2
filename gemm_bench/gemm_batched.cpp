// Many small products at once, as attention has one for each head and sequence.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_batched() {
  // Of 128 tokens and heads of 64: queries times keys, then weights times values; and of 512.
  const std::vector<std::string> attention{"128x128x64", "128x64x128", "512x512x64", "512x64x512"};
  // Of 2,048 and 4,096 tokens and heads of 128.
  const std::vector<Value> attention_of_long{"512x512x128", "2048x2048x128", "2048x128x2048",
                                             "4096x4096x128"};
  return {
      .name = "gemm_batched",
      .suite = Suite::gemm,
      .summary = "independent products of one shape, all in one call",
      .axes = {accelerated(shapes({"128x128x64"}, attention, attention), {"2048x2048x128"},
                           attention_of_long, attention_of_long),
               accelerated(integers("batch", {64}, {64}, {8, 64, 512}), numbers({64}),
                           numbers({64}), numbers({8, 64, 256})),
               product_types(), product_data(), product_groups(), product_cache()},
      .operation =
          [](const Params& p) {
            const auto [m, n, k] = shape_from(p.text("shape"));
            return Gemm{.m = m,
                        .n = n,
                        .k = k,
                        .type = p.dtype(),
                        .batch = p.integer("batch"),
                        .data = data_from(p.text("data")),
                        .is_cold = is_cold(p)};
          },
  };
}

}  // namespace shortfall

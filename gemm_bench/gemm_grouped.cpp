// The products of a mixture of experts: each multiplies the rows that a router sends to it by
// weights of its own.
#include "core/zipf.hpp"
#include "gemm_bench/gemm_axes.hpp"
#include "gemm_bench/models.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_grouped() {
  return {
      .name = "gemm_grouped",
      .suite = Suite::gemm,
      .summary = "products of the experts of one rank, which have different numbers of rows",
      .axes = {accelerated(usually(choice("model", expert_model_names()), {"mixtral-8x7b"}),
                           {"deepseek-v3"}, {"deepseek-v3", "mixtral-8x7b"},
                           {"deepseek-v3", "mixtral-8x7b"}),
               choice("layer", {"mlp_up", "mlp_down"}),
               // Of one rank, where experts are shared out among ranks.
               accelerated(integers("experts", {}, {}, {2}), numbers({8}), numbers({8}),
                           numbers({8, 32})),
               // Of all experts together.
               accelerated(integers("rows", {64}, {64}, {64}), numbers({4096}),
                           numbers({256, 16384}), numbers({256, 4096, 16384})),
               open_ended(choice("skew", {"balanced", "zipf:1"}), "zipf:EXPONENT", skew_from),
               accelerated(usually(choice("dtype", {"f32", "bf16"}), {"bf16"}), {"bf16"},
                           {"bf16", "f8_e4m3"}, {"bf16", "f8_e4m3", "f16"}),
               product_data(), product_groups(), product_cache()},
      .operation =
          [](const Params& p) {
            const auto [in, out] = weights_of(p.text("model"), p.text("layer"));
            return Gemm{.m = p.integer("rows"),
                        .n = out,
                        .k = in,
                        .type = p.dtype(),
                        .batch = p.integer("experts"),
                        .data = data_from(p.text("data")),
                        .skew = skew_from(p.text("skew")),
                        .is_cold = is_cold(p)};
          },
  };
}

}  // namespace shortfall

// The products of a model's layers: tokens times weights.
#include "gemm_bench/gemm_axes.hpp"
#include "gemm_bench/models.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_model() {
  return {
      .name = "gemm_model",
      .suite = Suite::gemm,
      .summary = "products of a model's layers: tokens times weights",
      .axes = {usually(choice("model", model_names()), {"llama-3-8b"}),
               choice("layer", layer_names()),
               // So few that processors without matrix units end in time.
               integers("tokens", {}, {16}, {16}), usually(product_types(), {"f32", "bf16"}),
               product_data(), product_groups()},
      .operation =
          [](const Params& p) {
            const auto [in, out] = weights_of(p.text("model"), p.text("layer"));
            return Gemm{.m = p.integer("tokens"),
                        .n = out,
                        .k = in,
                        .type = p.dtype(),
                        .data = data_from(p.text("data"))};
          },
  };
}

}  // namespace shortfall

// The products of a model's layers: tokens times weights.
#include "gemm_bench/gemm_axes.hpp"
#include "gemm_bench/models.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_model() {
  // One sequence that is written on, several of them, and prompts or training.
  const std::vector<std::int64_t> tokens{1, 16, 128, 4096, 16384};
  return {
      .name = "gemm_model",
      .suite = Suite::gemm,
      .summary = "products of a model's layers: tokens times weights",
      .axes = {usually(choice("model", model_names()), {"llama-3-8b"}),
               choice("layer", layer_names()),
               // So few that processors without matrix units end in time.
               accelerated(integers("tokens", {}, {16}, {16}), {}, numbers(tokens),
                           numbers(tokens)),
               usual_product_types({"f32", "bf16"}), product_data(), product_groups(),
               product_cache_that_matters()},
      .operation =
          [](const Params& p) {
            const auto [in, out] = weights_of(p.text("model"), p.text("layer"));
            return Gemm{.m = p.integer("tokens"),
                        .n = out,
                        .k = in,
                        .type = p.dtype(),
                        .data = data_from(p.text("data")),
                        .is_cold = is_cold(p)};
          },
  };
}

}  // namespace shortfall

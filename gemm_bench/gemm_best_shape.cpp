// The shape that this machine multiplies fastest: what can be reached at all, with a library as it
// is.
#include "core/error.hpp"
#include "gemm_bench/gemm_axes.hpp"
#include "gemm_bench/grid.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

bool is_exhaustive(const std::string& search) {
  if (search != "guided" && search != "exhaustive")
    throw BadUsage("'" + search + "' is no search. One of: guided, exhaustive");
  return search == "exhaustive";
}

}  // namespace

Benchmark gemm_best_shape() {
  const std::vector<Value> on_gpus{"1024:16384"};
  return {
      .name = "gemm_best_shape",
      .suite = Suite::gemm,
      .summary = "finds the m, n, k with the highest rate, and measures it",
      .axes = {without_quick(usual_product_types({"f32", "bf16"})),
               accelerated(open_ended(choice("grid", {"256:4096"}), "STEP:LAST", grid_from),
                           on_gpus, on_gpus, on_gpus),
               open_ended(choice("search", {"guided"}), "exhaustive", is_exhaustive),
               product_data(), choice("group", {"all"})},
      .operation =
          [](const Params& p) {
            return Gemm{.m = p.integer("m"),
                        .n = p.integer("n"),
                        .k = p.integer("k"),
                        .type = p.dtype(),
                        .data = data_from(p.text("data"))};
          },
      .search =
          [](const Params& p) {
            return SearchSpace{grid_from(p.text("grid")), is_exhaustive(p.text("search"))};
          },
  };
}

}  // namespace shortfall

// The square product once the machine is warm: what heat and power limits cost is the difference to
// `gemm`, which is measured in a burst.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark gemm_soaked() {
  return {
      .name = "gemm_soaked",
      .suite = Suite::gemm,
      .summary = "product of two square matrices, after 30 s of them on all ranks at once",
      .axes = {accelerated(integers("n", {}, {}, {2048}), {}, numbers({8192}), numbers({8192})),
               without_quick(usual_product_types({"bf16"})), product_data(),
               choice("group", {"all"}), product_cache()},
      .operation = square_product,
      .soak = {30},
  };
}

}  // namespace shortfall

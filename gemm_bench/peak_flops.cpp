// Multiply-adds on registers alone: what this machine's arithmetic reaches when nothing is in the
// way.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark peak_flops() {
  // Tensor cores take operands from elsewhere, too: their rate is that of products.
  const std::vector<Value> vector_types{"f64", "f32"}, all{"all"};
  return {
      .name = "peak_flops",
      .suite = Suite::gemm,
      .summary = "multiply-adds on registers alone, by the widest instructions",
      .axes = {accelerated(dtypes({DType::f64, DType::f32, DType::bf16, DType::int8}), vector_types,
                           vector_types, vector_types),
               accelerated(usually(choice("group", {"all", "one"}), {"all"}), all, all, all)},
      .operation = [](const Params& p) { return PeakRate{p.dtype()}; },
      .accelerated_operation =
          [](const Params& p) {
            return PeakRate{p.dtype(), accelerated_peak_rate_operations};
          },
  };
}

}  // namespace shortfall

// Multiply-adds on registers alone: what this machine's arithmetic reaches when nothing is in the
// way.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark peak_flops() {
  return {
      .name = "peak_flops",
      .suite = Suite::gemm,
      .summary = "multiply-adds on registers alone, by the widest instructions",
      .axes = {dtypes({DType::f64, DType::f32, DType::bf16, DType::int8}),
               usually(choice("group", {"all", "one"}), {"all"})},
      .operation = [](const Params& p) { return PeakRate{p.dtype()}; },
  };
}

}  // namespace shortfall

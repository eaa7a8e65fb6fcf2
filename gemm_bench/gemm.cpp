// Matrix product: where nearly all FLOPs of a training run are spent.
#include "gemm_bench/gemm_axes.hpp"
#include "harness/benchmark.hpp"

namespace shortfall {
namespace {

Axis sizes() {
  Axis axis = integers("n", {1024, 2048}, {1024, 2048, 4096}, {256, 512, 1024, 2048, 4096, 8192});
  return accelerated(std::move(axis), numbers({4096, 8192}), numbers({2048, 4096, 8192, 16384}),
                     numbers({256, 512, 1024, 2048, 4096, 8192, 16384, 32768}));
}

}  // namespace

Benchmark gemm() {
  return {
      .name = "gemm",
      .suite = Suite::gemm,
      .summary = "product of two square matrices",
      .axes = {sizes(), product_types(),
               product_data({"normal", "uniform", "integers", "zeros", "sparse:0.9", "sorted"}),
               product_groups(), product_cache()},
      .operation = square_product,
  };
}

}  // namespace shortfall

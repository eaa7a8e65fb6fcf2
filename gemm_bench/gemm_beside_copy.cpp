// A matrix product while the same GPU copies memory on another stream: how much either is slowed.
#include "gemm_bench/beside.hpp"

namespace shortfall {

Benchmark gemm_beside_copy() {
  return {
      .name = "gemm_beside_copy",
      .suite = Suite::gemm,
      .summary = "product of two square matrices while memory is copied on another stream",
      .axes =
          [] {
            std::vector<Axis> all = beside_axes();
            all.push_back(choice("group", {"all"}));
            return all;
          }(),
      .runs = Runs::on_accelerator,
      .operation = product_beside,
      .pairing =
          [](const Params& params) {
            return Pairing{product_beside(params),
                           MemoryPass{MemoryPass::Kind::copy, params.bytes("bytes")}, "copy"};
          },
  };
}

}  // namespace shortfall

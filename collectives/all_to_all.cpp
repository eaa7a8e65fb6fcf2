// All-to-all: every rank sends a different block to every rank, as mixture-of-experts layers do.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark all_to_all() {
  return {
      .name = "all_to_all",
      .suite = Suite::collectives,
      .summary = "exchange one block between every two ranks of a group",
      .axes = {geometric("bytes", 8_B, {16_MiB, 8}, {16_MiB, 2}, {1_GiB, 2}),
               usually(dtypes({DType::f32, DType::f64, DType::u8}), {"f32"}),
               choice("place", {"out_of_place"}),
               usually(choice("group", {"world", "pairs"}), {"world"})},
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) {
            return Collective{Collective::Kind::all_to_all, p.bytes("bytes"), p.dtype()};
          },
  };
}

}  // namespace shortfall

// All-reduce: every rank ends with the element-wise sum of all ranks' buffers.
#include "harness/benchmark.hpp"

namespace shortfall {

Benchmark all_reduce() {
  return {
      .name = "all_reduce",
      .suite = Suite::collectives,
      .summary = "sum one buffer across all ranks of a group",
      .axes = {geometric("bytes", 8_B, {16_MiB, 8}, {16_MiB, 2}, {1_GiB, 2}),
               usually(dtypes({DType::f32, DType::f64, DType::i32}), {"f32"}),
               usually(choice("op", {"sum", "max"}), {"sum"}), choice("place", {"out_of_place"}),
               usually(choice("group", {"world", "pairs"}), {"world"})},
      .needs = {.ranks = 2},
      .operation =
          [](const Params& p) {
            using Reduction = Collective::Reduction;
            return Collective{Collective::Kind::all_reduce, p.bytes("bytes"), p.dtype(),
                              p.text("op") == "sum" ? Reduction::sum : Reduction::max};
          },
  };
}

}  // namespace shortfall

// Copies between the memory of the host and each accelerator.
#include "harness/benchmark.hpp"
#include "microbench/link_axes.hpp"

namespace shortfall {
namespace {

HostCopy::Direction direction_of(const Params& params) {
  if (params.text("direction") == "both") return HostCopy::Direction::both;
  return params.text("direction") == "to_host" ? HostCopy::Direction::to_host
                                               : HostCopy::Direction::to_device;
}

HostCopy::Memory memory_of(const Params& params) {
  return params.text("memory") == "pageable" ? HostCopy::Memory::pageable
                                             : HostCopy::Memory::pinned;
}

}  // namespace

// By all at once, they share root complexes and the memory of the host; by one alone, nothing.
Benchmark host_copy() {
  return {
      .name = "host_copy",
      .suite = Suite::device_link,
      .summary = "copies between the memory of the host and each accelerator",
      .axes = {choice("direction", {"to_device", "to_host", "both"}), link_sizes(), mover_axis(),
               host_memory_axis(), host_node_axis(), choice("group", {"all", "one"})},
      .runs = Runs::on_accelerator,
      .operation =
          [](const Params& p) {
            return HostCopy{direction_of(p), p.bytes("bytes"), memory_of(p), mover_of(p),
                            host_node_of(p)};
          },
  };
}

}  // namespace shortfall

#include "harness/begun_result.hpp"

namespace shortfall {

Result begun_result(const Case& which, Suite suite, const Device& device) {
  return {.key = which.key(),
          .benchmark = which.benchmark,
          .suite = suite,
          .device = device.name(),
          .backend = device.name(),
          .memory = device.kind() == MemoryKind::host ? "host" : "cuda",
          .params = which.params,
          .work = {},
          .outcome = Skipped{}};
}

std::string backend_of(const Operation& operation, const Device& device, const Groups& groups) {
  const bool moves = is_between_ranks(operation) && !groups.connected_by().empty();
  return moves ? groups.connected_by() : device.name();
}

}  // namespace shortfall

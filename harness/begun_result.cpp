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
  const std::string& by = groups.connected_by(carrier_of(operation));
  return is_between_ranks(operation) && !by.empty() ? by : device.name();
}

}  // namespace shortfall

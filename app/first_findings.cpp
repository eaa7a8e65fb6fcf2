#include "app/first_findings.hpp"

#include <algorithm>

#include "app/backends_in_use.hpp"
#include "diagnosis/devices.hpp"

namespace shortfall {
namespace {

// A backend that was chosen by its user is what was asked for.
std::string why_unconnected(const Device& device, const RunOptions& options, int ranks) {
  if (ranks < 2 || !options.collectives.empty()) return {};
  return why_nobody_carries(backends(), device.kind());
}

// Of this rank; those of others are told by LinksInUse.
std::string why_no_rdma() {
  for (const Backend& backend : backends()) {
    if (backend.name == "verbs") return why_unusable(backend);
  }
  return "no backend of this build uses it";
}

}  // namespace

std::vector<Finding> first_findings(const Survey& survey, const Device& device,
                                    const RunOptions& options, int ranks) {
  const bool is_chosen = !options.device.empty();
  std::vector<Finding> all =
      unusable_devices(survey.machine, {device.name(), is_chosen, why_no_rdma()});
  const auto add = [&](std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(all));
  };
  add(gpus_without_a_rank(survey.machine));
  add(survey.findings);
  if (const std::string why = why_unconnected(device, options, ranks); !why.empty()) {
    add({unconnected_devices(device.name(), why)});
  }
  return all;
}

}  // namespace shortfall

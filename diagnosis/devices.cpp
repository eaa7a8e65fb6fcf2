#include "diagnosis/devices.hpp"

#include <algorithm>

namespace shortfall {
namespace {

Finding finding_of(const Host& host, const PciDevice& first, std::ptrdiff_t count) {
  const bool is_gpu = first.kind == PciDevice::Kind::gpu;
  const std::string what = is_gpu ? "GPU" : "RDMA device";
  return {.severity = Finding::Severity::unknown,
          .kind = "unusable_device",
          .host = host.name,
          .device = first.address,
          .metric = is_gpu ? "gpus" : "nics",
          .value = 0,
          .expected = static_cast<double>(count),
          .unit = "devices",
          .reason = std::to_string(count) + " " + first.vendor + " " + what +
                    (count > 1 ? "s are" : " is") +
                    " plugged in and was not measured: no backend of this build uses it",
          .action = is_gpu ? "see 'shortfall list' for the reason, or say --device host to measure "
                             "the host alone"
                           : "see 'shortfall list' for the reason"};
}

}  // namespace

std::vector<Finding> unusable_devices(const Machine& machine, const std::string& device,
                                      bool is_chosen) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    for (const auto kind : {PciDevice::Kind::gpu, PciDevice::Kind::rdma}) {
      const bool is_used = kind == PciDevice::Kind::gpu && (is_chosen || device != "host");
      const auto first = std::ranges::find(host.devices, kind, &PciDevice::kind);
      if (is_used || first == host.devices.end()) continue;
      findings.push_back(
          finding_of(host, *first, std::ranges::count(host.devices, kind, &PciDevice::kind)));
    }
  }
  return findings;
}

}  // namespace shortfall

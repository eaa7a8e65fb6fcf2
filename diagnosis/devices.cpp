#include "diagnosis/devices.hpp"

#include <set>

#include "core/text.hpp"

namespace shortfall {
namespace {

struct PluggedIn {
  bool are_gpus = false;
  std::string first, vendor;  // address or name of the first, and who made it
  int count = 0;
};

Finding finding_of(const Host& host, const PluggedIn& devices, const std::string& why) {
  const std::string what = devices.are_gpus ? "GPU" : "RDMA device";
  return {.severity = Finding::Severity::unknown,
          .kind = "unusable_device",
          .host = host.name,
          .device = devices.first,
          .metric = devices.are_gpus ? "gpus" : "nics",
          .value = 0,
          .expected = devices.count,
          .unit = "devices",
          .reason = std::to_string(devices.count) + " " + devices.vendor + " " + what +
                    (devices.count > 1 ? "s are" : " is") +
                    " plugged in and was not measured: " + why,
          .action = devices.are_gpus
                        ? "see 'shortfall list' for the reason, or say --device host to measure "
                          "the host alone"
                        : "see 'shortfall list' for the reason"};
}

PluggedIn gpus_of(const Host& host) {
  if (host.gpus.empty()) return {};
  const Gpu& first = host.gpus.front();
  return {true, first.slot.address, first.vendor, static_cast<int>(host.gpus.size())};
}

PluggedIn rdma_of(const Host& host) {
  PluggedIn devices;
  for (const Nic& nic : host.nics) {
    if (!nic.is_rdma()) continue;
    if (devices.count++ > 0) continue;
    devices.first = nic.slot.address.empty() ? nic.name : nic.slot.address;
    devices.vendor = nic.vendor;
  }
  return devices;
}

}  // namespace

std::vector<Finding> unusable_devices(const Machine& machine, const DevicesInUse& used) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    const PluggedIn gpus = used.is_chosen || used.device != "host" ? PluggedIn{} : gpus_of(host);
    const PluggedIn rdma = used.no_rdma.empty() ? PluggedIn{} : rdma_of(host);
    const std::string unused = "no backend of this build uses it";
    if (gpus.count > 0) findings.push_back(finding_of(host, gpus, unused));
    if (rdma.count > 0) findings.push_back(finding_of(host, rdma, used.no_rdma));
  }
  return findings;
}

Finding unconnected_devices(const std::string& device, const std::string& why) {
  return {.severity = Finding::Severity::unknown,
          .kind = "devices_unconnected",
          .device = device,
          .reason = "nothing was measured between the devices of different ranks: " + why,
          .action =
              "make a backend of 'shortfall list' usable that carries their memory, or say "
              "that it is not wanted: --collectives NAME"};
}

std::vector<Finding> gpus_without_a_rank(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    std::set<std::string> measured;
    for (const Binding& binding : machine.bindings) {
      if (binding.host == host.name && !binding.gpu.empty()) measured.insert(binding.gpu);
    }
    std::vector<std::string> left;
    for (const Gpu& gpu : host.gpus) {
      if (!measured.contains(gpu.slot.address)) left.push_back(gpu.slot.address);
    }
    if (measured.empty() || left.empty()) continue;
    findings.push_back({.severity = Finding::Severity::warn,
                        .kind = "gpu_without_a_rank",
                        .host = host.name,
                        .device = join(left, ","),
                        .metric = "gpus",
                        .value = static_cast<double>(measured.size()),
                        .expected = static_cast<double>(host.gpus.size()),
                        .unit = "devices",
                        .reason = counted(static_cast<std::int64_t>(left.size()), "GPU") + " of " +
                                  std::to_string(host.gpus.size()) +
                                  " had no rank, and was not measured",
                        .action = "start one rank for each GPU; CUDA_VISIBLE_DEVICES hides those "
                                  "that it does not name"});
  }
  return findings;
}

}  // namespace shortfall

// Whether network adapters can reach the memory of GPUs without the host's (GPUDirect RDMA).
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/rdma/kernel_modules.hpp"
#include "diagnosis/rdma/like_ports.hpp"
#include "diagnosis/rdma/readiness.hpp"

namespace shortfall {
namespace {

bool has_gpu_of_nvidia(const Host& host) {
  return std::ranges::any_of(
      host.gpus, [](const Gpu& gpu) { return gpu.vendor == "NVIDIA" && gpu.driver == "nvidia"; });
}

// The first that works. Of Mellanox alone: others bring peer memory of their own (EFA), or none.
const Nic* adapter_of(const Host& host) {
  const auto found = std::ranges::find_if(
      host.nics, [](const Nic& nic) { return nic.vendor == "Mellanox" && nic.has_active_port(); });
  return found != host.nics.end() ? &*found : nullptr;
}

// "Linux 5.15.0-1062-nvidia" as {5, 15}; nothing for what is no such version.
std::optional<std::pair<std::int64_t, std::int64_t>> version_of(const std::string& kernel) {
  const auto parts = split(kernel.substr(kernel.find(' ') + 1), '.');
  if (parts.size() < 2) return std::nullopt;
  const auto major = parse_integer(parts[0]);
  const auto minor = parse_integer(parts[1].substr(0, parts[1].find_first_not_of("0123456789")));
  if (!major || !minor) return std::nullopt;
  return std::pair(*major, *minor);
}

// Red Hat's kernels of version 8 say 4.18 and have parts of later ones.
bool may_be_newer_than_it_says(const std::string& kernel) {
  return kernel.find(".el8") != std::string::npos;
}

// Why dmabuf cannot lend memory of the GPU; "" = it can, or nobody knows.
std::string why_no_dmabuf(const System& os) {
  constexpr std::pair<std::int64_t, std::int64_t> first{5, 12};
  if (os.nvidia_module == "proprietary") {
    return "dmabuf needs the open kernel modules of NVIDIA's driver, and the proprietary ones are "
           "loaded";
  }
  const auto version = version_of(os.kernel);
  if (!version || *version >= first || may_be_newer_than_it_says(os.kernel)) return {};
  return fmt::format("dmabuf between GPUs and adapters needs Linux {}.{}, and this is {}",
                     first.first, first.second, os.kernel);
}

void check(const Host& host, std::vector<Finding>& findings) {
  const Nic* const nic = adapter_of(host);
  if (nic == nullptr || !has_gpu_of_nvidia(host) || !shows_modules(host, *nic)) return;
  if (is_loaded(host, "nvidia_peermem") || is_loaded(host, "nv_peer_mem")) return;
  const std::string why = why_no_dmabuf(host.os);
  if (why.empty()) return;
  findings.push_back(
      {.severity = Finding::Severity::warn,
       .kind = "no_peer_memory",
       .host = host.name,
       .device = nic->name,
       .metric = "os.versions",
       .reason = fmt::format("nvidia_peermem is not loaded, and {}: what adapters send of GPUs "
                             "goes through the host's memory",
                             why),
       .action = "'modprobe nvidia_peermem' (with the vendor's RDMA driver or a kernel that has "
                 "peer memory), or install the driver's open kernel modules on Linux 5.12 or "
                 "later; then NCCL_DEBUG=INFO says GPU Direct RDMA Enabled"});
}

}  // namespace

std::vector<Finding> missing_peer_memory(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) check(host, findings);
  return folded(std::move(findings));
}

}  // namespace shortfall

// RDMA devices that are there, and that this process or the kernel cannot use.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/rdma/kernel_modules.hpp"
#include "diagnosis/rdma/like_ports.hpp"
#include "diagnosis/rdma/readiness.hpp"

namespace shortfall {
namespace {

using Nics = std::vector<const Nic*>;

constexpr const char* for_containers =
    "'docker run --device=/dev/infiniband --cap-add=IPC_LOCK --ulimit memlock=-1'; in Kubernetes "
    "the RDMA device plug-in (resources.limits: rdma/...)";

std::string names_of(const Nics& nics) {
  std::vector<std::string> names;
  for (const Nic* nic : nics) names.push_back(nic->name);
  return join(names, ", ");
}

Finding of_devices(const Host& host, const char* kind, const Nics& nics) {
  return {.severity = Finding::Severity::warn,
          .kind = kind,
          .host = host.name,
          .device = names_of(nics),
          .metric = "nics",
          .value = static_cast<double>(nics.size()),
          .expected = 0,
          .unit = "devices"};
}

Nics working(const Host& host) {
  Nics nics;
  for (const Nic& nic : host.nics) {
    if (nic.has_active_port()) nics.push_back(&nic);
  }
  return nics;
}

std::string refusals_of(const Nics& nics) {
  std::vector<std::string> texts;
  for (const Nic* nic : nics) {
    texts.push_back(fmt::format("{} ({})", nic->verbs_node, nic->verbs_refusal));
  }
  return names_text(texts, texts.size());
}

void check_nodes(const Host& host, std::vector<Finding>& findings) {
  const Nics all = working(host);
  Nics refused;
  std::ranges::copy_if(all, std::back_inserter(refused),
                       [](const Nic* nic) { return !nic->verbs_refusal.empty(); });
  const bool is_in_container = !host.limits.container.empty();
  // The kernel shows a container the devices of the whole host, also those that it was not given.
  const bool has_its_share = is_in_container && refused.size() < all.size();
  if (refused.empty() || has_its_share) return;
  Finding finding = of_devices(host, "no_rdma_access", refused);
  finding.reason = fmt::format("{} {} an ACTIVE port, but this process may not open {}",
                               counted(static_cast<std::int64_t>(refused.size()), "RDMA device"),
                               refused.size() == 1 ? "has" : "have", refusals_of(refused));
  finding.action =
      is_in_container
          ? for_containers
          : fmt::format(
                "'ls -l /dev/infiniband' should show files that everybody may write (udev "
                "rules of rdma-core); in a container {}",
                for_containers);
  findings.push_back(std::move(finding));
}

// The module that gives programs access to all devices.
void check_verbs(const Host& host, std::vector<Finding>& findings) {
  const Nics all = working(host);
  const bool is_missing = std::ranges::any_of(all, [&](const Nic* nic) {
    return nic->verbs_node.empty() && shows_modules(host, *nic) && !is_loaded(host, "ib_uverbs");
  });
  if (!is_missing) return;
  Finding finding = of_devices(host, "no_rdma_access", all);
  finding.reason =
      "no program can use RDMA devices here: the kernel module ib_uverbs is not loaded";
  finding.action = "'modprobe ib_uverbs'; rdma-core loads it at every start (/etc/rdma/modules)";
  findings.push_back(std::move(finding));
}

struct Cause {
  std::string reason, action;
  friend bool operator==(const Cause&, const Cause&) = default;
};

struct Layers {
  std::string_view driver, rdma;  // modules: of the adapter, and of its RDMA devices
};
constexpr std::array<Layers, 2> layers{{{"mlx5_core", "mlx5_ib"}, {"mlx4_core", "mlx4_ib"}}};

// Empty where nothing is wrong, or nobody knows: an adapter may have been given to a virtual
// machine (vfio-pci), or its card has one RDMA device for both of its functions (bonds).
Cause cause_of(const Host& host, const Nic& nic) {
  if (nic.driver.empty()) {
    return {
        "no driver is bound to it",
        "'lspci -k' shows drivers; load that of the adapter ('modprobe mlx5_core'), and look in "
        "'dmesg' for why it gave up"};
  }
  const auto known = std::ranges::find(layers, nic.driver, &Layers::driver);
  if (known == layers.end() || !shows_modules(host, nic)) return {};
  if (!is_loaded(host, known->rdma)) {
    return {
        fmt::format("{} drives it, but the kernel module {} is not loaded", known->driver,
                    known->rdma),
        fmt::format("'modprobe {}'; where the kernel has no such module, install its package of "
                    "extra modules, or the vendor's driver",
                    known->rdma)};
  }
  if (host.limits.container.empty()) return {};
  return {"the host has given its RDMA device to nobody, or to another container", for_containers};
}

Nics without_device(const Host& host) {
  Nics without;
  for (const Nic& nic : host.nics) {
    const bool is_bare = nic.is_rdma_hardware && nic.ports.empty() && !nic.slot.address.empty();
    const bool has_sister = std::ranges::any_of(host.nics, [&](const Nic& other) {
      return !other.ports.empty() && card_of(other.slot) == card_of(nic.slot);
    });
    if (is_bare && !has_sister) without.push_back(&nic);
  }
  return without;
}

void check_devices(const Host& host, std::vector<Finding>& findings) {
  const bool has_any =
      std::ranges::any_of(host.nics, [](const Nic& n) { return !n.ports.empty(); });
  if (!host.limits.container.empty() && has_any) return;  // it was given its share
  std::vector<std::pair<Cause, Nics>> causes;
  for (const Nic* nic : without_device(host)) {
    const Cause cause = cause_of(host, *nic);
    if (cause.reason.empty()) continue;
    auto same = std::ranges::find(causes, cause, &std::pair<Cause, Nics>::first);
    if (same == causes.end()) same = causes.insert(same, {cause, {}});
    same->second.push_back(nic);
  }
  for (const auto& [cause, nics] : causes) {
    Finding finding = of_devices(host, "no_rdma_device", nics);
    finding.reason = fmt::format("{} ({} {}) {} no RDMA device: {}",
                                 counted(static_cast<std::int64_t>(nics.size()), "adapter"),
                                 nics.front()->vendor, nics.front()->model,
                                 nics.size() == 1 ? "has" : "have", cause.reason);
    finding.action = cause.action;
    findings.push_back(std::move(finding));
  }
}

}  // namespace

std::vector<Finding> rdma_out_of_reach(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    check_nodes(host, findings);
    check_verbs(host, findings);
    check_devices(host, findings);
  }
  return folded(std::move(findings));
}

}  // namespace shortfall

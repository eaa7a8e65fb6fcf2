#include "diagnosis/links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "diagnosis/drift/dissent.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/figures.hpp"

namespace shortfall {
namespace {

using Told = std::set<std::pair<std::string, std::string>>;  // host and device of known drift

// Zero where one of them is unknown: an adapter may stand in a narrow slot on purpose.
template <class T>
T of_both(T a, T b) {
  return a == T{} || b == T{} ? T{} : std::min(a, b);
}

PcieLink both_ends(const PciSlot& slot) {
  return {of_both(slot.maximum.per_lane, slot.port_maximum.per_lane),
          of_both(slot.maximum.lanes, slot.port_maximum.lanes)};
}

Finding of_device(const Host& host, std::string device, std::string metric, std::string reason) {
  return {.severity = Finding::Severity::fail,
          .kind = "degraded_link",
          .host = host.name,
          .device = std::move(device),
          .metric = std::move(metric),
          .reason = std::move(reason)};
}

void check_slot(const Host& host, const std::string& device, const PciSlot& slot,
                const PcieLink& link, std::vector<Finding>& findings) {
  const PcieLink possible = both_ends(slot);
  if (!is_below(link, possible)) return;
  const bool is_narrow_alone = link.per_lane >= possible.per_lane;
  const auto shown = [&](const PcieLink& of) {
    return pcie_text(is_narrow_alone ? PcieLink{.lanes = of.lanes} : of);
  };
  Finding finding = of_device(host, device, "slot",
                              fmt::format("its link has {}, while device and port both can do {}",
                                          shown(link), shown(possible)));
  finding.value = figure_of(link);
  finding.expected = figure_of(possible);
  finding.unit = "transfers/s";
  finding.action =
      "reseat it; look at the riser, the cable and the BIOS's setting of the slot; 'lspci -vv' "
      "shows "
      "LnkSta beside LnkCap";
  findings.push_back(std::move(finding));
}

// "LinkUp" is a link that trained; a port without a cable polls or is disabled.
bool has_cable(const RdmaPort& port) {
  return port.physical_state == "LinkUp" || port.physical_state == "LinkErrorRecovery" ||
         port.physical_state == "PortConfigurationTraining";
}

void check_ports(const Host& host, const Nic& nic, std::vector<Finding>& findings) {
  for (const RdmaPort& port : nic.ports) {
    if (port.is_active() || port.state.empty() || !has_cable(port)) continue;
    Finding finding = of_device(host, fmt::format("{}/{}", nic.name, port.number), "port",
                                fmt::format("the port has a cable ({}) and is {}, not ACTIVE",
                                            port.physical_state, port.state));
    finding.action = port.is_infiniband()
                         ? "see whether a subnet manager runs and reaches it: 'sminfo', 'ibstat'"
                         : "bring its interface up, and check the switch's port";
    findings.push_back(std::move(finding));
  }
}

// Drift of a link or port, by the device as degraded_links() would name it.
Told told_by(const std::vector<Drift>& drift) {
  Told told;
  for (const Drift& of : drift) {
    const std::string pattern = pattern_of(of.attribute);
    const bool is_slot = pattern.starts_with("gpus[].slot") || pattern.starts_with("nics[].slot");
    if (!is_slot && !pattern.starts_with("nics[].ports[].")) continue;
    const bool is_all = of.attribute.find("[*]") != of.attribute.npos;
    told.emplace(of.host, (is_slot ? "slot " : "port ") + (is_all ? "*" : of.device));
  }
  return told;
}

bool is_told(const Told& told, const Finding& finding) {
  const std::string nic = finding.device.substr(0, finding.device.find('/'));
  const std::string name = finding.metric == "port" ? nic : finding.device;
  return told.contains({finding.host, finding.metric + " " + name}) ||
         told.contains({finding.host, finding.metric + " *"});
}

}  // namespace

PcieLink link_of_gpu(const PciSlot& slot) {
  if (slot.loaded) return *slot.loaded;
  const Transfers possible = both_ends(slot).per_lane;
  const bool may_idle = slot.current.per_lane != slot.maximum.per_lane;
  return {may_idle ? possible : slot.current.per_lane, slot.current.lanes};
}

std::vector<Finding> degraded_links(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    for (const Gpu& gpu : host.gpus) {
      check_slot(host, gpu.slot.address, gpu.slot, link_of_gpu(gpu.slot), findings);
    }
    for (const Nic& nic : host.nics) {
      check_slot(host, nic.name, nic.slot, seen_link(nic.slot), findings);
      check_ports(host, nic, findings);
    }
  }
  const Told told = told_by(machine.drift);
  std::erase_if(findings, [&](const Finding& finding) { return is_told(told, finding); });
  return folded(std::move(findings));
}

}  // namespace shortfall

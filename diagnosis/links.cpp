#include "diagnosis/links.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "diagnosis/drift/fold.hpp"
#include "diagnosis/drift/told.hpp"
#include "diagnosis/figures.hpp"
#include "diagnosis/rdma/like_ports.hpp"

namespace shortfall {
namespace {

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

void check_ports(const Host& host, const Nic& nic, std::vector<Finding>& findings) {
  if (nic.is_virtual_function == true) return;  // its link is the card's, its port waits for a user
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

bool is_told(const ToldByDrift& told, const Finding& finding) {
  if (finding.metric == "port") {
    const std::string nic = finding.device.substr(0, finding.device.find('/'));
    return told.has(finding.host, nic, "nics[].ports[].");
  }
  return told.has(finding.host, finding.device, "gpus[].slot") ||
         told.has(finding.host, finding.device, "nics[].slot");
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
  const ToldByDrift told(machine.drift);
  std::erase_if(findings, [&](const Finding& finding) { return is_told(told, finding); });
  return folded(std::move(findings));
}

}  // namespace shortfall

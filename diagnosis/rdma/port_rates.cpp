// RDMA ports that carry less than ports of their kind.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/drift/told.hpp"
#include "diagnosis/figures.hpp"
#include "diagnosis/rdma/like_ports.hpp"
#include "diagnosis/rdma/readiness.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;
using Ports = std::vector<NicPort>;

constexpr int lanes_of_infiniband = 4;

Finding of_port(const Host& host, const NicPort& at, Severity severity, std::string reason) {
  return {.severity = severity,
          .kind = "degraded_link",
          .host = host.name,
          .device = text_of(at),
          .metric = "port",
          .reason = std::move(reason),
          .action = fmt::format(
              "reseat or replace cable and transceiver, and look at the switch's port: 'mlxlink -d "
              "{}', 'ibstat', 'ethtool' of its interface",
              at.nic->name)};
}

// Two lanes are sold as such from HDR on: HDR100, NDR200.
bool is_half_by_design(const RdmaPort& port) {
  return port.lanes == 2 &&
         (port.lane_speed == "HDR" || port.lane_speed == "NDR" || port.lane_speed == "XDR");
}

// On Ethernet one lane is as common as four.
bool is_narrow(const RdmaPort& port) {
  return port.is_active() && port.is_infiniband() && port.lanes > 0 &&
         port.lanes < lanes_of_infiniband && !is_half_by_design(port);
}

void check_lanes(const Host& host, const NicPort& at, std::vector<Finding>& findings) {
  const RdmaPort& port = *at.port;
  if (!is_narrow(port)) return;
  const BitRate possible = port.rate * (static_cast<double>(lanes_of_infiniband) / port.lanes);
  Finding finding =
      of_port(host, at, Severity::fail,
              fmt::format("its link runs with {} ({}X {}, {}), while InfiniBand has {}: {}",
                          counted(port.lanes, "lane"), port.lanes, port.lane_speed,
                          text_of(port.rate), lanes_of_infiniband, text_of(possible)));
  finding.value = port.rate.value;
  finding.expected = possible.value;
  finding.unit = "bit/s";
  findings.push_back(std::move(finding));
}

// Two and more that are slower may well serve another network.
void check_slower(const Host& host, const Ports& ports, std::vector<Finding>& findings) {
  constexpr std::size_t fewest_others = 2;
  std::map<double, Ports> by_rate;
  for (const NicPort& at : ports) {
    if (at.port->is_active() && at.port->rate.value > 0) by_rate[at.port->rate.value].push_back(at);
  }
  if (by_rate.size() != 2 || by_rate.begin()->second.size() != 1) return;
  const auto& [usual, others] = *by_rate.rbegin();
  const NicPort& slow = by_rate.begin()->second.front();
  if (others.size() < fewest_others || is_narrow(*slow.port)) return;
  Finding finding =
      of_port(host, slow, Severity::warn,
              fmt::format("it runs at {}, the other {} ports of like adapters at {}",
                          text_of(slow.port->rate), others.size(), text_of(BitRate{usual})));
  finding.value = slow.port->rate.value;
  finding.expected = usual;
  finding.unit = "bit/s";
  findings.push_back(std::move(finding));
}

// One without a link is a fault where all others have one; of the ports of one card, one is often
// left without a cable.
void check_unlinked(const Host& host, const Ports& ports, std::vector<Finding>& findings) {
  constexpr std::ptrdiff_t fewest_others = 3;
  const auto works = [](const NicPort& at) { return at.port->is_active(); };
  const auto down = std::ranges::find_if_not(ports, works);
  if (down == ports.end() || std::ranges::count_if(ports, works) + 1 != std::ssize(ports)) return;
  const RdmaPort& port = *down->port;
  if (std::ssize(ports) <= fewest_others || port.state.empty() || has_cable(port)) return;
  const bool is_of_several = std::ranges::any_of(ports, [&](const NicPort& at) {
    return at.nic->ports.size() > 1 || shares_its_card(*at.nic, host);
  });
  if (is_of_several) return;
  findings.push_back(of_port(
      host, *down, Severity::warn,
      fmt::format("it has no link ({}, {}), while the other {} ports of like adapters are ACTIVE",
                  port.state, port.physical_state, ports.size() - 1)));
}

// Of lanes alone a cable is to blame; what warnings say may be how hosts are meant to be.
bool may_be_meant(const Finding& finding) { return finding.severity == Severity::warn; }

// Without warnings of a port that half of at least 3 hosts have: it serves another network.
void leave_out_what_is_usual(std::vector<Finding>& findings, std::size_t hosts) {
  constexpr std::size_t fewest_hosts = 3;
  if (hosts < fewest_hosts) return;
  std::map<std::string, std::size_t> hosts_of_device;
  for (const Finding& finding : findings) {
    if (may_be_meant(finding)) ++hosts_of_device[finding.device];
  }
  std::erase_if(findings, [&](const Finding& finding) {
    return may_be_meant(finding) && 2 * hosts_of_device[finding.device] >= hosts;
  });
}

}  // namespace

std::vector<Finding> ports_below_their_kind(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Host& host : machine.hosts) {
    for (const Ports& ports : like_ports(host)) {
      for (const NicPort& at : ports) check_lanes(host, at, findings);
      check_slower(host, ports, findings);
      check_unlinked(host, ports, findings);
    }
  }
  leave_out_what_is_usual(findings, machine.hosts.size());
  const ToldByDrift told(machine.drift);
  std::erase_if(findings, [&](const Finding& finding) {
    const std::string nic = finding.device.substr(0, finding.device.find('/'));
    return told.has(finding.host, nic, "nics[].ports[].rate") ||
           told.has(finding.host, nic, "nics[].ports[].state") ||
           told.has(finding.host, nic, "nics[].ports[].physical_state");
  });
  return folded(std::move(findings));
}

}  // namespace shortfall

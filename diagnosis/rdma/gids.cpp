// Addresses of Ethernet ports (GIDs) by which other hosts do not reach them, or not as well.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/drift/told.hpp"
#include "diagnosis/rdma/like_ports.hpp"
#include "diagnosis/rdma/readiness.hpp"
#include "diagnosis/rdma/variables.hpp"

namespace shortfall {
namespace {

using Ports = std::vector<NicPort>;

constexpr std::string_view version_2 = "RoCE v2";

// fe80::/10: known to hosts of the same segment alone.
bool is_link_local(const Gid& gid) {
  constexpr std::array<std::string_view, 4> beginnings{"fe8", "fe9", "fea", "feb"};
  return std::ranges::any_of(
      beginnings, [&](std::string_view begin) { return gid.address.starts_with(begin); });
}

bool is_routable(const RdmaPort& port) { return !std::ranges::all_of(port.gids, is_link_local); }

// Of an old kernel or a tree that does not tell, nothing can be said.
bool has_types(const RdmaPort& port) {
  return !port.gids.empty() &&
         std::ranges::none_of(port.gids, [](const Gid& gid) { return gid.type.empty(); });
}

bool has_version_2(const RdmaPort& port) {
  return std::ranges::find(port.gids, version_2, &Gid::type) != port.gids.end();
}

// Only those whose interface this process sees: another container may have given it an address.
Ports active_ethernet_ports(const Host& host) {
  Ports ports;
  for (const Nic& nic : host.nics) {
    for (const RdmaPort& port : nic.ports) {
      const NicPort at{&nic, &port};
      const bool is_ours = !nic.interfaces.empty() && !port.gids.empty();
      if (is_ours && at.is_active_ethernet()) ports.push_back(at);
    }
  }
  return ports;
}

bool has_active_infiniband(const Host& host) {
  return std::ranges::any_of(host.nics, [](const Nic& nic) {
    return std::ranges::any_of(
        nic.ports, [](const RdmaPort& port) { return port.is_active() && port.is_infiniband(); });
  });
}

bool are_alike(const NicPort& a, const NicPort& b) {
  return a.nic->model == b.nic->model && a.nic->board == b.nic->board &&
         a.port->rate == b.port->rate;
}

// A part of a bond or a bridge, or the virtual function behind a hypervisor's interface, has no
// address of its own, and needs none.
bool is_part_of_another(const NicPort& at) {
  return std::ranges::none_of(at.nic->interfaces,
                              [](const Interface& one) { return one.master.empty(); });
}

Ports without_address(Ports ports, bool has_infiniband) {
  std::erase_if(ports, is_part_of_another);
  const auto is_routed = [](const NicPort& at) { return is_routable(*at.port); };
  if (std::ranges::none_of(ports, is_routed)) return has_infiniband ? Ports{} : ports;
  Ports odd;
  for (const NicPort& at : ports) {
    if (is_routed(at)) continue;
    int with = 0, without = 0;
    for (const NicPort& other : ports) {
      if (are_alike(at, other)) ++(is_routed(other) ? with : without);
    }
    if (with > without) odd.push_back(at);  // else it is not meant for RDMA
  }
  return odd;
}

std::string names_of(const Ports& ports) {
  std::vector<std::string> names;
  for (const NicPort& at : ports) names.push_back(text_of(at));
  return join(names, ", ");
}

Finding of_ports(const Host& host, const char* kind, const Ports& ports) {
  return {.severity = Finding::Severity::warn,
          .kind = kind,
          .host = host.name,
          .device = names_of(ports),
          .metric = "gids",
          .value = static_cast<double>(ports.size()),
          .expected = 0,
          .unit = "ports"};
}

std::string interfaces_of(const Ports& ports) {
  std::vector<std::string> names;
  for (const NicPort& at : ports) names.push_back(at.nic->interfaces.front().name);
  return join(names, ", ");
}

void check_addresses(const Host& host, const ToldByDrift& told, std::vector<Finding>& findings) {
  Ports odd = without_address(active_ethernet_ports(host), has_active_infiniband(host));
  std::erase_if(odd, [&](const NicPort& at) {
    return told.has(host.name, at.nic->name, "nics[].ports[].gids");
  });
  if (odd.empty()) return;
  Finding finding = of_ports(host, "unroutable_gid", odd);
  finding.reason = fmt::format(
      "{} {} link-local GIDs alone: no IP address is set on {}, so RDMA reaches no host beyond its "
      "own segment, and the connection manager none at all",
      counted(std::ssize(odd), "ACTIVE Ethernet port"), odd.size() == 1 ? "has" : "have",
      interfaces_of(odd));
  finding.action = fmt::format(
      "give the interface an address ('ip address add ADDRESS/PREFIX dev {}', netplan, "
      "NetworkManager); 'show_gids' then lists it",
      odd.front().nic->interfaces.front().name);
  findings.push_back(std::move(finding));
}

// Models of which some port of the job has RoCE v2.
std::set<std::string> models_of_version_2(const Machine& machine) {
  std::set<std::string> models;
  for (const Host& host : machine.hosts) {
    for (const NicPort& at : active_ethernet_ports(host)) {
      if (has_version_2(*at.port)) models.insert(at.nic->model);
    }
  }
  return models;
}

void check_versions(const Host& host, const std::set<std::string>& models, const ToldByDrift& told,
                    std::vector<Finding>& findings) {
  Ports old = active_ethernet_ports(host);
  std::erase_if(old, [&](const NicPort& at) {
    return !has_types(*at.port) || has_version_2(*at.port) || !models.contains(at.nic->model) ||
           told.has(host.name, at.nic->name, "nics[].ports[].gids");
  });
  if (old.empty()) return;
  Finding finding = of_ports(host, "roce_v1_only", old);
  finding.reason =
      "GIDs are of RoCE v1 alone, which no router forwards and which does not reach a port that "
      "speaks RoCE v2, as others of this model do";
  finding.action =
      "load the same driver as on the others, and look at 'cma_roce_mode -d DEVICE' and at "
      "'show_gids', whose column VER says v2 where it works";
  findings.push_back(std::move(finding));
}

bool is_best(const Gid& gid) { return gid.type == version_2 && !is_link_local(gid); }

std::string why_unsuited(const RdmaPort& port, std::int64_t index) {
  const auto chosen = std::ranges::find(port.gids, index, &Gid::index);
  if (chosen == port.gids.end()) return "is not set";
  if (is_best(*chosen)) return {};
  return is_link_local(*chosen) ? "is link-local" : "is of " + chosen->type;
}

// Told only where the same port has an entry that is better.
void check_choice(const Host& host, const char* variable, std::vector<Finding>& findings) {
  const auto index = parse_integer(value_of(host, variable));
  if (!index || *index < 0) return;  // not set, "auto", or the library's choice
  const bool is_of_nccl = std::string_view(variable).starts_with("NCCL_");
  Ports unsuited;
  std::string why;
  for (const NicPort& at : active_ethernet_ports(host)) {
    if (is_of_nccl && !is_left_to_nccl(at, host)) continue;
    const auto better = std::ranges::find_if(at.port->gids, is_best);
    std::string one = why_unsuited(*at.port, *index);
    if (!has_types(*at.port) || better == at.port->gids.end() || one.empty()) continue;
    if (why.empty()) {
      why =
          fmt::format("entry {} of {} {}, while entry {} is of {} and has an address of a network",
                      *index, text_of(at), one, better->index, better->type);
    }
    unsuited.push_back(at);
  }
  if (unsuited.empty()) return;
  Finding finding = of_ports(host, "unsuited_gid_index", unsuited);
  finding.metric = variable;
  finding.reason = fmt::format("{}={}: {}", variable, *index, why);
  finding.action = fmt::format(
      "unset {}, so that the library chooses on each port; tables of hosts may differ", variable);
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> unsuited_gids(const Machine& machine) {
  std::vector<Finding> findings;
  const ToldByDrift told(machine.drift);
  const auto models = models_of_version_2(machine);
  for (const Host& host : machine.hosts) {
    check_addresses(host, told, findings);
    check_versions(host, models, told, findings);
    for (const char* variable : {"NCCL_IB_GID_INDEX", "UCX_IB_GID_INDEX"}) {
      check_choice(host, variable, findings);
    }
  }
  return folded(std::move(findings));
}

}  // namespace shortfall

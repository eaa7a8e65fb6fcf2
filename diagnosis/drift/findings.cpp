#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/text.hpp"
#include "diagnosis/drift/dissent.hpp"
#include "diagnosis/drift/drift.hpp"
#include "diagnosis/drift/fold.hpp"

namespace shortfall {
namespace {

using Drifts = std::vector<Drift>;
using Severity = Finding::Severity;

constexpr std::size_t most_findings = 256;

struct Advice {
  std::string_view below, action;
};

// The first whose attribute this is, or below which it stands.
constexpr std::array advices{
    Advice{"gpus[].slot.acs",
           "disable access control (ACS) on its bridges, in the BIOS or by setpci"},
    Advice{"nics[].slot.acs",
           "disable access control (ACS) on its bridges, in the BIOS or by setpci"},
    Advice{
        "gpus[].slot",
        "look at the riser, the cable and the connector, and at the slot's speed and width in the "
        "BIOS; 'lspci -vv' shows LnkSta beside LnkCap"},
    Advice{
        "nics[].slot",
        "look at the riser, the cable and the connector, and at the slot's speed and width in the "
        "BIOS; 'lspci -vv' shows LnkSta beside LnkCap"},
    Advice{"gpus[].facts.firmware", "bring every GPU to the same VBIOS"},
    Advice{"gpus[].driver", "load the same driver on every host; 'lspci -k' shows which is bound"},
    Advice{"gpus",
           "look for the GPU with 'lspci' and in the kernel's log ('fallen off the bus'); "
           "leave the host out until it is like the others"},
    Advice{"nics[].firmware", "bring every adapter to the same firmware"},
    Advice{"nics[].driver", "load the same driver on every host; 'lspci -k' shows which is bound"},
    Advice{"nics[].ports[].gids",
           "compare addresses and VLANs of the interface with 'show_gids'; do not set "
           "NCCL_IB_GID_INDEX or UCX_IB_GID_INDEX while the tables differ"},
    Advice{"nics[].ports[].mtu_bytes", "set one MTU on all hosts and on the switches"},
    Advice{"nics[].interfaces[].mtu_bytes", "set one MTU on all hosts and on the switches"},
    Advice{"nics[].ports",
           "check cable, transceiver and the switch's port; 'ibstat' tells its state"},
    Advice{"nics[].interfaces",
           "check cable, transceiver and the switch's port; 'ethtool' tells its state"},
    Advice{"nics",
           "look for the adapter with 'lspci' and in the kernel's log; leave the host out "
           "until it is like the others"},
    Advice{"memory_bytes",
           "look for a memory module that failed: 'dmidecode -t memory', and the "
           "kernel's log (EDAC, mce)"},
    Advice{"numa.list[].memory_bytes",
           "look for a memory module that failed: 'dmidecode -t memory', and the kernel's log"},
    Advice{"numa", "compare the BIOS: nodes per socket (NPS), sub-NUMA clustering (SNC)"},
    Advice{"cpu.governor",
           "set one governor on all hosts: 'cpupower frequency-set -g performance'"},
    Advice{"cpu.microcode", "bring all hosts to the same microcode or BIOS"},
    Advice{"cpu", "compare the BIOS settings and the kernel's command line of the hosts"},
    Advice{"environment",
           "have every host get the same value: 'mpirun -x NAME', 'srun --export=ALL'; "
           "look at what the shell's start-up files of the host set"},
    Advice{"limits.locked_memory",
           "set memlock to unlimited for everybody: /etc/security/limits.conf, LimitMEMLOCK of "
           "slurmd, 'docker run --ulimit memlock=-1'"},
    Advice{"limits", "start the containers of all hosts with the same limits"},
    Advice{"os.iommu",
           "compare /proc/cmdline; an IOMMU that translates holds up transfers between "
           "devices"},
    Advice{"os.is_translated", "compare the IOMMU's setting in the BIOS and /proc/cmdline"},
    Advice{"os", "install and load the same version on every host"},
    Advice{"ranks",
           "start equally many on each host: 'mpirun --map-by ppr:N:node', "
           "'srun --ntasks-per-node=N'"},
};

std::string action_for(const Drift& drift) {
  const std::string pattern = pattern_of(drift.attribute);
  const auto* const found = std::ranges::find_if(
      advices, [&](const Advice& advice) { return is_at_or_below(pattern, advice.below); });
  if (found == advices.end()) return "make the host equal to the others, or leave it out";
  return std::string(found->action);
}

std::string kind_of(const Drift& drift) {
  if (drift.attribute == "ranks") return "uneven_ranks";
  switch (drift.kind) {
    case Drift::Kind::missing:
      return "missing_device";
    case Drift::Kind::degraded:
      return "degraded_link";
    case Drift::Kind::differs:
    case Drift::Kind::less:
      break;
  }
  return "drift";
}

Finding finding_of(const Drift& drift) {
  Finding finding{.severity = drift.kind == Drift::Kind::differs ? Severity::warn : Severity::fail,
                  .kind = kind_of(drift),
                  .metric = drift.attribute,
                  .action = action_for(drift)};
  return finding;
}

std::string reason_for(const Drift& drift) {
  const std::string others =
      fmt::format("most of the {} hosts of its kind have {}", drift.hosts, drift.majority);
  const std::string shared =
      drift.sharing > 1 ? fmt::format("; {} hosts share this value", drift.sharing) : "";
  if (drift.attribute == "ranks") {
    return fmt::format("{} ranks run here, while {}: the others wait for the most loaded host{}",
                       drift.value, others, shared);
  }
  if (drift.kind == Drift::Kind::missing) {
    return fmt::format("{} {} here, while {}{}{}", drift.value, drift.attribute, others,
                       drift.device.empty() ? "" : "; missing: " + drift.device, shared);
  }
  return fmt::format("{} is {} here, while {}{}", drift.attribute, drift.value, others, shared);
}

Finding told_of_host(const Drift& drift) {
  Finding finding = finding_of(drift);
  finding.host = drift.host;
  finding.device = drift.device;
  finding.value = parse_number(drift.value);
  finding.expected = parse_number(drift.majority);
  finding.reason = reason_for(drift);
  return finding;
}

// "6.1.0 on node01, node02; 6.5.0 on node03, node04".
std::string values_text(const Drifts& group) {
  std::map<std::string, std::pair<std::vector<std::string>, int>> values;
  for (const Drift& drift : group) {
    auto& [hosts, sharing] = values[drift.value];
    hosts.push_back(drift.host);
    sharing = drift.sharing;
  }
  constexpr std::size_t most = 8;
  std::vector<std::string> parts;
  for (const auto& [value, of] : values) {
    if (parts.size() == most) break;
    parts.push_back(
        fmt::format("{} on {}", value, names_text(of.first, static_cast<std::size_t>(of.second))));
  }
  if (values.size() > most) parts.push_back(fmt::format("{} other values", values.size() - most));
  return join(parts, "; ");
}

Finding told_of_tie(const Drifts& group) {
  Finding finding = finding_of(*std::ranges::max_element(group, {}, &Drift::kind));
  finding.device = group.front().device;
  finding.reason = fmt::format(
      "{} differs among {} hosts of one kind, and no value is on most of "
      "them: {}",
      group.front().attribute, group.front().hosts, values_text(group));
  return finding;
}

Finding told_of_rest(const Drifts& group, std::size_t told) {
  Finding finding = finding_of(*std::ranges::max_element(group, {}, &Drift::kind));
  const auto rest = static_cast<std::size_t>(group.front().differing) - told;
  finding.value = static_cast<double>(rest);
  finding.unit = "hosts";
  finding.reason = fmt::format(
      "{} more of the {} hosts of one kind differ in {} from the majority's {}; in all: {}", rest,
      group.front().hosts, finding.metric, group.front().majority, values_text(group));
  return finding;
}

void tell(const Drifts& group, std::vector<Finding>& findings) {
  if (group.front().majority.empty()) {
    findings.push_back(told_of_tie(group));
    return;
  }
  const std::size_t told = std::min(group.size(), most_of_a_kind);
  for (std::size_t i = 0; i < told; ++i) findings.push_back(told_of_host(group[i]));
  if (static_cast<std::size_t>(group.front().differing) > told) {
    findings.push_back(told_of_rest(group, told));
  }
}

void leave_out(std::vector<Finding>& findings) {
  if (findings.size() <= most_findings) return;
  const std::size_t rest = findings.size() - most_findings;
  const Severity worst = findings[most_findings].severity;
  findings.resize(most_findings);
  findings.push_back(
      {.severity = worst,
       .kind = "drift",
       .value = static_cast<double>(rest),
       .unit = "findings",
       .reason = fmt::format("{} more differences between hosts are left out here", rest),
       .action = "see machine.drift in report.json"});
}

}  // namespace

std::vector<Finding> drift_findings(const Drifts& drift) {
  std::vector<Finding> findings;
  for (std::size_t first = 0, last = 0; first < drift.size(); first = last) {
    const auto is_same = [&](const Drift& other) {
      return other.attribute == drift[first].attribute && other.hosts == drift[first].hosts &&
             other.majority == drift[first].majority;
    };
    while (last < drift.size() && is_same(drift[last])) ++last;
    tell({drift.begin() + static_cast<std::ptrdiff_t>(first),
          drift.begin() + static_cast<std::ptrdiff_t>(last)},
         findings);
  }
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return a.severity == Severity::fail && b.severity != Severity::fail;
  });
  leave_out(findings);
  return findings;
}

}  // namespace shortfall

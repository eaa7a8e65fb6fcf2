#include "diagnosis/transports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "diagnosis/details.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/rdma/like_ports.hpp"
#include "diagnosis/rdma/ucx_lanes.hpp"
#include "diagnosis/rdma/variables.hpp"

namespace shortfall {
namespace {

const Measured* measured(const Entry& entry) {
  return std::get_if<Measured>(&entry.result.outcome);
}

// What results say of it: the same in all of them.
std::string detail(const Report& report, const std::string& name) {
  for (const Entry& entry : report.entries) {
    const std::string found = measured(entry) ? detail_of(*measured(entry), name) : "";
    if (!found.empty()) return found;
  }
  return {};
}

// "^ucx" and "^ucx,cm" exclude it; "ob1" does, too, by naming another.
bool excludes_ucx(const std::string& asked) {
  if (asked.empty()) return false;
  const bool is_negated = asked.starts_with('^');
  const auto names = split(asked.substr(is_negated ? 1 : 0), ',');
  return is_negated == (std::ranges::count(names, "ucx") > 0);
}

// InfiniBand and RoCE, which carry more than sockets do; those of software do not. Of EFA and iWARP
// NCCL and UCX make nothing by themselves.
std::vector<NicPort> active_ports(const Host& host) {
  std::vector<NicPort> ports;
  for (const Nic& nic : host.nics) {
    for (const RdmaPort& port : nic.ports) {
      if (port.is_active() && speaks_verbs(nic, port) && !is_software(nic))
        ports.push_back({&nic, &port});
    }
  }
  return ports;
}

// One alone has nobody to talk to.
std::vector<const Host*> hosts_with_rdma(const Report& report) {
  std::vector<const Host*> hosts;
  for (const Host& host : report.machine.hosts) {
    if (!active_ports(host).empty()) hosts.push_back(&host);
  }
  if (hosts.size() < 2) hosts.clear();
  return hosts;
}

std::string active_text(const Host& host) {
  const auto count = std::ssize(active_ports(host));
  return fmt::format("{} of RDMA {} ACTIVE here", counted(count, "port"),
                     count == 1 ? "is" : "are");
}

// ob1 sends by TCP between hosts, unless one of these is there.
bool is_tcp_in_use(const Report& report) {
  const auto transports = split(detail(report, "btl"), ',');
  const bool has_other = std::ranges::any_of(transports, [](const std::string& one) {
    const std::string_view name = trimmed(one);
    return name == "openib" || name == "uct" || name == "ofi";
  });
  return detail(report, "pml") == "ob1" && !has_other;
}

void check_mpi(const Report& report, std::vector<Finding>& findings) {
  const std::string asked = detail(report, "pml_asked");
  if (!excludes_ucx(asked) || !is_tcp_in_use(report)) return;
  for (const Host* host : hosts_with_rdma(report)) {
    findings.push_back(
        {.severity = Finding::Severity::warn,
         .kind = "ucx_kept_off",
         .host = host->name,
         .metric = "pml",
         .reason = fmt::format("the MPI library is configured with pml={} (in use: ob1) while {}: "
                               "messages between hosts go by TCP",
                               asked, active_text(*host)),
         .action = "start with 'mpirun --mca pml ucx', or set OMPI_MCA_pml=ucx; Debian's default "
                   "stands in /etc/openmpi/openmpi-mca-params.conf"});
  }
}

Finding sockets_on(const Host& host, const char* library, const std::string& who,
                   std::string action) {
  return {.severity = Finding::Severity::warn,
          .kind = "sockets_in_use",
          .host = host.name,
          .device = text_of(active_ports(host).front()),
          .metric = library,
          .reason = fmt::format("{}, while {}: messages between hosts go through the kernel, at a "
                                "fraction of the line",
                                who, active_text(host)),
          .action = std::move(action)};
}

// The first result of UCX whose lanes are all of TCP.
const Measured* over_tcp(const Report& report) {
  for (const Entry& entry : report.entries) {
    const Measured* const one = measured(entry);
    if (one == nullptr || entry.result.backend != "ucx") continue;
    const auto lanes = ucx_lanes(detail_of(*one, "transports"));
    const auto is_tcp = [](const UcxLane& lane) { return lane.transport == "tcp"; };
    if (!lanes.empty() && std::ranges::all_of(lanes, is_tcp)) return one;
  }
  return nullptr;
}

void check_ucx(const Report& report, std::vector<Finding>& findings) {
  const Measured* const slow = over_tcp(report);
  if (slow == nullptr) return;
  std::string who = "UCX took " + detail_of(*slow, "transports") + " alone";
  std::string action =
      "'ucx_info -d' lists what UCX can use: where no rc or ud is in it, install its part for RDMA "
      "(ucx-ib, ibverbs-providers), and look at the findings on access to devices and locked "
      "memory";
  for (const char* variable : {"UCX_TLS", "UCX_NET_DEVICES"}) {
    const std::string set = detail_of(*slow, variable);
    if (set.empty() || set == "all") continue;
    who += fmt::format(", with {}={}", variable, set);
    action = fmt::format("unset {}, unless TCP is what you want to measure", variable);
  }
  for (const Host* host : hosts_with_rdma(report)) {
    findings.push_back(sockets_on(*host, "ucx", who, action));
  }
}

bool is_same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The variable that keeps NCCL off its RDMA ports; "" = none does.
std::string keeps_off_nccl(const Host& host) {
  const std::string net = value_of(host, "NCCL_NET");
  if (is_same_word(net, "socket")) return "NCCL_NET=" + net;
  if (!net.empty() && !is_same_word(net, "ib")) return {};  // a plug-in that reads no NCCL_IB_*
  const std::string disabled = value_of(host, "NCCL_IB_DISABLE");
  if (parse_integer(disabled).value_or(0) != 0) return "NCCL_IB_DISABLE=" + disabled;
  const auto ports = active_ports(host);
  const bool takes_any =
      std::ranges::any_of(ports, [&](const NicPort& at) { return is_left_to_nccl(at, host); });
  return takes_any ? "" : "NCCL_IB_HCA=" + value_of(host, "NCCL_IB_HCA");
}

void check_nccl(const Report& report, std::vector<Finding>& findings) {
  const bool was_used = std::ranges::any_of(report.entries, [](const Entry& entry) {
    return entry.result.backend == "nccl" && measured(entry) != nullptr;
  });
  if (!was_used) return;
  for (const Host* host : hosts_with_rdma(report)) {
    const std::string set = keeps_off_nccl(*host);
    if (set.empty()) continue;
    const std::string name = set.substr(0, set.find('='));
    findings.push_back(sockets_on(
        *host, "nccl", set + " keeps NCCL to sockets (NET/Socket)",
        fmt::format("unset {}; NCCL_DEBUG=INFO then says NET/IB, or why not: libibverbs or its "
                    "provider may be missing in a container",
                    name)));
  }
}

}  // namespace

std::vector<Finding> transports_kept_off(const Report& report) {
  std::vector<Finding> findings;
  check_mpi(report, findings);
  check_ucx(report, findings);
  check_nccl(report, findings);
  return folded(std::move(findings));
}

}  // namespace shortfall

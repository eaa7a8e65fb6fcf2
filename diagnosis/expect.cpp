#include "diagnosis/expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/figures.hpp"
#include "diagnosis/links.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;

// Of what is plugged in, firmware and kernel keep some: 1.6 % on servers.
constexpr double kept_by_the_system = 0.025;

// What is compared, of which host and device.
struct Place {
  std::string host, device, metric;
};

Finding finding_of(Severity severity, const char* kind, const Place& place, std::string reason,
                   std::string action) {
  return {.severity = severity,
          .kind = kind,
          .host = place.host,
          .device = place.device,
          .metric = place.metric,
          .reason = std::move(reason),
          .action = std::move(action)};
}

Finding with_figures(Finding finding, std::optional<double> value, double expected,
                     std::string unit) {
  finding.value = value;
  finding.expected = expected;
  finding.unit = std::move(unit);
  return finding;
}

constexpr const char* amend =
    "find out where it has gone, or correct the file given to --expect if it is not to be there";

class Checker {
 public:
  Checker(const Expectation& expectation, const Machine& machine)
      : expectation_(expectation), machine_(machine) {}

  std::vector<Finding> found() {
    check_hosts();
    for (const Host& host : machine_.hosts) check(host);
    return folded(std::move(findings_));
  }

 private:
  void add(Severity severity, const char* kind, const Place& place, std::string reason) {
    findings_.push_back(finding_of(severity, kind, place, std::move(reason), amend));
  }

  // Fewer is missing; more is told.
  void count(const Place& place, std::size_t found, std::optional<int> expected,
             const std::string& unit, bool is_exact = false) {
    if (!expected || found == static_cast<std::size_t>(*expected)) return;
    const bool is_less = found < static_cast<std::size_t>(*expected);
    findings_.push_back(with_figures(
        finding_of(is_less || is_exact ? Severity::fail : Severity::warn,
                   is_less && !is_exact ? "expected_missing" : "expected_differs", place,
                   fmt::format("{} {} where {} are expected", found, unit, *expected), amend),
        static_cast<double>(found), *expected, unit));
  }

  static bool is_same_host(const std::string& a, const std::string& b) {
    const auto without_domain = [](const std::string& name) {
      return name.substr(0, name.find('.'));
    };
    const bool has_domains = a.find('.') != a.npos && b.find('.') != b.npos;
    return a == b || (!has_domains && without_domain(a) == without_domain(b));
  }

  void check_hosts() {
    count({.metric = "hosts"}, machine_.hosts.size(), expectation_.hosts, "hosts");
    if (expectation_.host_names.empty()) return;
    for (const std::string& name : expectation_.host_names) {
      const bool is_there = std::ranges::any_of(
          machine_.hosts, [&](const Host& host) { return is_same_host(host.name, name); });
      if (is_there) continue;
      add(Severity::fail, "expected_missing", {name, "", "hosts"},
          fmt::format("host {} is expected and has no rank in this job", name));
    }
    for (const Host& host : machine_.hosts) {
      const bool is_expected = std::ranges::any_of(
          expectation_.host_names,
          [&](const std::string& name) { return is_same_host(host.name, name); });
      if (is_expected) continue;
      add(Severity::warn, "expected_differs", {host.name, "", "hosts"},
          fmt::format("host {} is in the job and not among those expected", host.name));
    }
  }

  void check(const Host& host) {
    const auto rdma = static_cast<std::size_t>(std::ranges::count_if(host.nics, &Nic::is_rdma));
    count({host.name, "", "gpus"}, host.gpus.size(), expectation_.gpus_per_host, "GPUs");
    count({host.name, "", "nics"}, rdma, expectation_.nics_per_host, "RDMA devices");
    count({host.name, "", "cpu.cores"}, static_cast<std::size_t>(host.cpu.cores),
          expectation_.cores, "cores");
    count({host.name, "", "numa.nodes"}, static_cast<std::size_t>(host.cpu.numa_nodes),
          expectation_.numa_nodes, "NUMA nodes", true);
    count({host.name, "", "ranks"}, static_cast<std::size_t>(host.ranks),
          expectation_.ranks_per_host, "ranks", true);
    check_memory(host);
    for (const Gpu& gpu : host.gpus) check_name(host, gpu);
    if (expectation_.link_rates.pcie) check_slots(host);
    if (expectation_.link_rates.rdma) check_rdma(host);
    if (expectation_.link_rates.ethernet) check_ethernet(host);
  }

  void check_memory(const Host& host) {
    if (!expectation_.memory) return;
    const Bytes wanted = *expectation_.memory;
    const Place place{host.name, "", "memory_bytes"};
    if (host.memory.value == 0) {
      add(Severity::unknown, "expected_differs", place, "the size of memory cannot be read");
    } else if (host.memory < wanted * (1 - kept_by_the_system)) {
      findings_.push_back(with_figures(
          finding_of(Severity::fail, "expected_differs", place,
                     fmt::format("{} of memory where {} are expected (up to {:g} % less is what "
                                 "firmware and kernel keep)",
                                 text_of(host.memory), text_of(wanted), 100 * kept_by_the_system),
                     amend),
          host.memory.value, wanted.value, "B"));
    }
  }

  static std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char letter) {
      return static_cast<char>(std::tolower(letter));
    });
    return text;
  }

  void check_name(const Host& host, const Gpu& gpu) {
    if (expectation_.gpu.empty()) return;
    const std::string wanted = lower(expectation_.gpu);
    const std::string& name = gpu.best_name();
    if (lower(name).find(wanted) != std::string::npos) return;
    const bool is_named = is_name_of_gpu(name);
    add(is_named ? Severity::fail : Severity::unknown, "expected_differs",
        {host.name, gpu.slot.address, "gpu"},
        is_named ? fmt::format("the GPU is \"{}\", expected \"{}\"", name, expectation_.gpu)
                 : fmt::format("no driver names the GPU ({}), expected \"{}\"",
                               name.empty() ? "unknown" : name, expectation_.gpu));
  }

  void check_slot(const Place& place, const PcieLink& link) {
    const PcieLink wanted = *expectation_.link_rates.pcie;
    const bool is_unknown = (wanted.lanes > 0 && link.lanes == 0) ||
                            (wanted.per_lane.value > 0 && link.per_lane.value == 0);
    if (is_unknown) {
      add(Severity::unknown, "expected_differs", place,
          fmt::format("speed and width of its link cannot be read, expected {}",
                      pcie_text(wanted)));
    } else if (link.lanes < wanted.lanes || link.per_lane < wanted.per_lane) {
      findings_.push_back(with_figures(
          finding_of(Severity::fail, "expected_differs", place,
                     fmt::format("its link is {}, expected {}", pcie_text(link), pcie_text(wanted)),
                     amend),
          figure_of(link), figure_of(wanted), "transfers/s"));
    }
  }

  void check_slots(const Host& host) {
    for (const Gpu& gpu : host.gpus) {
      check_slot({host.name, gpu.slot.address, "pcie"}, link_of_gpu(gpu.slot));
    }
    for (const Nic& nic : host.nics) {
      if (nic.is_rdma() && !nic.slot.address.empty()) {
        check_slot({host.name, nic.name, "pcie"}, seen_link(nic.slot));
      }
    }
  }

  void check_rate(const Place& place, BitRate rate, BitRate wanted) {
    if (rate >= wanted) return;
    const bool is_known = rate.value > 0;
    Finding finding =
        finding_of(is_known ? Severity::fail : Severity::unknown, "expected_differs", place,
                   is_known ? fmt::format("runs at {}, expected {}", text_of(rate), text_of(wanted))
                            : fmt::format("its rate cannot be read, expected {}", text_of(wanted)),
                   amend);
    findings_.push_back(with_figures(std::move(finding),
                                     is_known ? std::optional(rate.value) : std::nullopt,
                                     wanted.value, "bit/s"));
  }

  // All ports that carry data, and of as many devices as are expected one.
  void check_rdma(const Host& host) {
    int active = 0;
    for (const Nic& nic : host.nics) {
      if (nic.is_rdma() && nic.has_active_port()) ++active;
      for (const RdmaPort& port : nic.ports) {
        if (!port.is_active()) continue;
        check_rate({host.name, fmt::format("{}/{}", nic.name, port.number), "rdma"}, port.rate,
                   *expectation_.link_rates.rdma);
      }
    }
    const Place place{host.name, "", "rdma"};
    const int wanted = expectation_.nics_per_host.value_or(1);
    if (active >= wanted) return;
    std::vector<std::string> down;
    for (const Nic& nic : host.nics) {
      if (nic.is_rdma() && !nic.has_active_port()) down.push_back(nic.name);
    }
    Finding finding =
        finding_of(Severity::fail, "expected_missing", {host.name, join(down, ", "), "rdma"},
                   fmt::format("{} of {} RDMA devices have a port that is active at {}", active,
                               wanted, text_of(*expectation_.link_rates.rdma)),
                   amend);
    findings_.push_back(with_figures(std::move(finding), active, wanted, "RDMA devices"));
  }

  // One is enough: slower ones beside it are for management.
  void check_ethernet(const Host& host) {
    const BitRate wanted = *expectation_.link_rates.ethernet;
    BitRate fastest;
    Place place{host.name, "", "ethernet"};
    bool is_unknown = false;
    for (const Nic& nic : host.nics) {
      if (!nic.ports.empty() && nic.ports.front().is_infiniband()) continue;
      for (const Interface& interface : nic.interfaces) {
        if (interface.state == "down") continue;
        is_unknown = is_unknown || interface.rate.value == 0;
        if (interface.rate > fastest) {
          fastest = interface.rate;
          place.device = interface.name;
        }
      }
    }
    if (fastest >= wanted) return;
    if (fastest.value > 0 && !is_unknown) {
      check_rate(place, fastest, wanted);
    } else {
      add(is_unknown ? Severity::unknown : Severity::fail,
          is_unknown ? "expected_differs" : "expected_missing", place,
          fmt::format("no interface that is up is known to run at {}", text_of(wanted)));
    }
  }

  const Expectation& expectation_;
  const Machine& machine_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> unmet(const Expectation& expectation, const Machine& machine) {
  return Checker(expectation, machine).found();
}

}  // namespace shortfall

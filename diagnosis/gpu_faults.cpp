// Errors and faults of devices, their links, and who else used them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "diagnosis/gpu_findings.hpp"
#include "diagnosis/gpu_signs.hpp"

namespace shortfall {
namespace {

using Severity = Finding::Severity;

// A count that must not grow.
struct Grown {
  std::optional<OverDevices> DeviceVitals::*figure;
  Severity severity;
  const char *kind, *one, *many, *what, *action;
};

constexpr std::array grown{
    Grown{&DeviceVitals::memory_errors, Severity::fail, "ecc_errors", "error", "errors",
          "of its memory that could not be corrected",
          "Trust no result of this device; see 'nvidia-smi -q -d ECC,ROW_REMAPPER' and have it "
          "reset or replaced"},
    Grown{&DeviceVitals::link_errors, Severity::warn, "link_errors", "error", "errors",
          "of its NVLinks",
          "See 'nvidia-smi nvlink -e' for the link; reseat the device, or have its board replaced"},
    Grown{&DeviceVitals::pcie_replays, Severity::warn, "link_errors", "replay", "replays",
          "of its PCIe link",
          "Reseat the device, and look at the slot and its riser; see 'nvidia-smi -q' for its "
          "replays"},
    Grown{&DeviceVitals::other_processes, Severity::warn, "device_occupied", "process", "processes",
          "of others used the device", "Measure again when nobody else uses it"},
};

void add_grown(const Report& report, std::vector<Finding>& findings) {
  for (const Grown& count : grown) {
    const auto ranks = worst_by_rank(
        report, [&](const DeviceVitals& device) { return any_of(device.*count.figure); });
    for (const auto& [rank, worst] : ranks) {
      Finding f = finding_of_device(report, count.severity, count.kind, worst, count.many);
      const char* const noun = worst.at.value == 1 ? count.one : count.many;
      f.reason = fmt::format("{:.0f} {} {} during this case{}", worst.at.value, noun, count.what,
                             also_in(worst));
      f.action = count.action;
      findings.push_back(std::move(f));
    }
  }
}

std::optional<Complaint> hot_memory(const DeviceVitals& device) {
  // What nvidia-smi names as "Memory Max Operating Temp" of A100 and H100.
  constexpr double highest = 95;  // degrees C
  const auto& found = device.memory_temperature;
  if (!found || found->worst.value < highest) return std::nullopt;
  return Complaint{found->worst, highest};
}

void add_hot(const Report& report, std::vector<Finding>& findings) {
  for (const auto& [rank, worst] : worst_by_rank(report, hot_memory)) {
    Finding f = finding_of_device(report, Severity::warn, "hot_memory", worst, "degrees C");
    f.reason = fmt::format("its memory was at {:.0f} degrees C; it may work at up to {:.0f}",
                           worst.at.value, worst.expected);
    f.action = "Look at fans, air flow, coolant and the temperature of the inlet";
    findings.push_back(std::move(f));
  }
}

// Cards that are cabled by bridges may have fewer links in use than they have.
bool has_bridges(const std::string& name) {
  return name.find("PCI") != name.npos || name.find("NVL") != name.npos;
}

// The most links that any device of each name has up.
std::map<std::string, int> most_links(const Machine& machine) {
  std::map<std::string, int> most;
  for (const Host& host : machine.hosts) {
    for (const Gpu& gpu : host.gpus) {
      int& known = most[gpu.best_name()];
      known = std::max(known, gpu.facts.nvlinks_up.value_or(0));
    }
  }
  // One that is not cabled by bridges uses all links or none.
  for (const Host& host : machine.hosts) {
    for (const Gpu& gpu : host.gpus) {
      int& known = most[gpu.best_name()];
      if (known > 0 && !has_bridges(gpu.best_name()))
        known = std::max(known, gpu.facts.nvlinks.value_or(0));
    }
  }
  return most;
}

Finding link_down(std::string host, std::string device, double up, double expected) {
  return {.severity = Severity::fail,
          .kind = "nvlink_down",
          .host = std::move(host),
          .device = std::move(device),
          .value = up,
          .expected = expected,
          .unit = "links",
          .reason = fmt::format("{:.0f} of its NVLinks are up, not {:.0f}", up, expected),
          .action =
              "See 'nvidia-smi nvlink -s' and the log of the fabric manager; reset or reseat "
              "the device"};
}

void add_links_down(const Report& report, std::vector<Finding>& findings) {
  const auto most = most_links(report.machine);
  std::set<std::string> told;
  for (const Host& host : report.machine.hosts) {
    for (const Gpu& gpu : host.gpus) {
      if (!gpu.facts.nvlinks_up || gpu.facts.mig.value_or(false))
        continue;  // MIG switches them off
      const int expected = most.at(gpu.best_name());
      if (*gpu.facts.nvlinks_up >= expected) continue;
      findings.push_back(link_down(host.name, gpu.slot.address, *gpu.facts.nvlinks_up, expected));
      told.insert(host.name + gpu.slot.address);
    }
  }
  const auto went_down = [](const DeviceVitals& device) -> std::optional<Complaint> {
    if (!device.links || device.links->worst.value >= device.links->median) return std::nullopt;
    return Complaint{device.links->worst, std::ceil(device.links->median)};
  };
  for (const auto& [rank, worst] : worst_by_rank(report, went_down)) {
    const std::string device = device_of(report, rank);
    if (told.contains(worst.at.host + device)) continue;
    Finding f = link_down(worst.at.host, device, worst.at.value, worst.expected);
    f.rank = rank;
    f.metric = worst.metric;
    findings.push_back(std::move(f));
  }
}

Finding fault_finding(const Report& report, const Result& result, const DeviceFault& fault) {
  return {.severity = Severity::fail,
          .kind = "xid",
          .host = fault.host,
          .rank = fault.rank,
          .device = device_of(report, fault.rank),
          .metric = result.key,
          .value = fault.number,
          .reason = fault.words,
          .action = fmt::format("See 'dmesg | grep Xid' on {} and the driver's list of Xids; a "
                                "device that shows one again without a fault of a program is to "
                                "be replaced",
                                fault.host)};
}

// Cases that failed have no vitals: their reason ends with what the driver said.
std::optional<DeviceFault> fault_in(const Failed& failed) {
  constexpr std::string_view mark = "; Xid ";
  const std::size_t found = failed.reason.rfind(mark);
  if (found == std::string::npos) return std::nullopt;
  const std::string words = failed.reason.substr(found + 2);
  DeviceFault fault{0, failed.rank, failed.host, words};
  const char* const digits = failed.reason.data() + found + mark.size();
  const auto [end, error] =
      std::from_chars(digits, failed.reason.data() + failed.reason.size(), fault.number);
  return error == std::errc{} ? std::optional(fault) : std::nullopt;
}

std::optional<DeviceFault> fault_of(const Result& result) {
  if (const auto* const failed = std::get_if<Failed>(&result.outcome)) return fault_in(*failed);
  const auto* const measured = std::get_if<Measured>(&result.outcome);
  if (!measured || !measured->vitals.device) return std::nullopt;
  return measured->vitals.device->fault;
}

// Each fault of each rank once: a lost device fails every case that follows.
void add_faults(const Report& report, std::vector<Finding>& findings) {
  std::set<std::pair<int, int>> told;
  for (const Entry& entry : report.entries) {
    const auto fault = fault_of(entry.result);
    if (fault && told.emplace(fault->rank, fault->number).second)
      findings.push_back(fault_finding(report, entry.result, *fault));
  }
}

}  // namespace

std::vector<Finding> gpu_fault_findings(const Report& report) {
  std::vector<Finding> findings;
  add_faults(report, findings);
  add_links_down(report, findings);
  add_grown(report, findings);
  add_hot(report, findings);
  return findings;
}

bool is_of_gpus(std::string_view kind) {
  constexpr std::array<std::string_view, 9> kinds{"device_throttled",
                                                  "clocks_limited",
                                                  "device_slow_clock",
                                                  "ecc_errors",
                                                  "link_errors",
                                                  "nvlink_down",
                                                  "xid",
                                                  "device_occupied",
                                                  "hot_memory"};
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace shortfall

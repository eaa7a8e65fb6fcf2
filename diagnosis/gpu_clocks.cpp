// Devices that were kept from their clock.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "diagnosis/gpu_findings.hpp"
#include "diagnosis/gpu_signs.hpp"

namespace shortfall {
namespace {

struct Brake {
  std::string_view reason;
  const char* words;
  const char* action;
};

constexpr const char* look_at_cooling =
    "Compare its temperatures with the others' (results[].vitals.device), and look at fans, air "
    "flow, coolant and the temperature of the inlet";

constexpr std::array brakes{
    Brake{"hardware_slowdown", "the board braked it (too hot, or too little power)",
          "See which of hardware_thermal and power_brake was told with it; else look at the power "
          "supply and at 'nvidia-smi -q -d PERFORMANCE,POWER,TEMPERATURE'"},
    Brake{"software_thermal", "the driver slowed it down because it or its memory got too hot",
          look_at_cooling},
    Brake{"hardware_thermal", "the board braked it because it was too hot", look_at_cooling},
    Brake{"power_brake", "the power supply braked it",
          "Look at the power supplies and power limits of the host and of its rack"},
};

std::optional<Complaint> share_of(const DeviceVitals& device, std::string_view reason) {
  if (!device.clock_reasons) return std::nullopt;
  for (const auto& [name, share] : *device.clock_reasons)
    if (name == reason && share.value > 0) return Complaint{share, 0};
  return std::nullopt;
}

void add_brakes(const Report& report, std::vector<Finding>& findings) {
  for (const Brake& brake : brakes) {
    const auto ranks = worst_by_rank(
        report, [&](const DeviceVitals& device) { return share_of(device, brake.reason); });
    for (const auto& [rank, worst] : ranks) {
      Finding f = finding_of_device(report, Finding::Severity::warn, "device_throttled", worst,
                                    "share of samples");
      f.reason = fmt::format("for {:.0f} % of the time {} ({}){}", 100 * worst.at.value,
                             brake.words, brake.reason, also_in(worst));
      f.action = brake.action;
      findings.push_back(std::move(f));
    }
  }
}

// Only where the driver says that they hold it back: many devices run faster than they are set.
std::optional<Complaint> set_clock(const DeviceVitals& device) {
  const auto held = share_of(device, "application_clocks");
  if (!held || !device.application_clock || !device.promised_clock) return std::nullopt;
  const double promised = device.promised_clock->median;
  const AtRank& set = device.application_clock->worst;
  if (set.value >= promised) return std::nullopt;
  return Complaint{set, promised};
}

void add_limits(const Report& report, std::vector<Finding>& findings) {
  for (const auto& [rank, worst] : worst_by_rank(report, set_clock)) {
    Finding f = finding_of_device(report, Finding::Severity::warn, "clocks_limited", worst, "Hz");
    f.reason = fmt::format("its clock is set to {}; its highest is {}",
                           scaled(worst.at.value, "Hz"), scaled(worst.expected, "Hz"));
    f.action =
        "If nobody meant to: 'nvidia-smi -rac' and '-rgc' on the host take the settings back";
    findings.push_back(std::move(f));
  }
}

// Devices of one kind alone can be compared. Where no name is told, they are taken to be alike.
bool are_alike(const Report& report) {
  std::set<std::string> names;
  for (const Host& host : report.machine.hosts)
    for (const Gpu& gpu : host.gpus) names.insert(gpu.best_name());
  return names.size() <= 1;
}

std::optional<Complaint> slow_clock(const DeviceVitals& device) {
  constexpr std::size_t least_devices = 3;  // of two nobody knows which one is wrong
  constexpr double least_samples = 5;       // at the power limit, clocks of single samples scatter
  constexpr double much = 0.05;
  if (device.ranks < least_devices || !device.clock || !device.samples) return std::nullopt;
  if (device.samples->worst.value < least_samples) return std::nullopt;
  const double usual = device.clock->median;  // of all: never more than that of the others
  if (device.clock->worst.value >= (1 - much) * usual) return std::nullopt;
  return Complaint{device.clock->worst, usual};
}

void add_slow(const Report& report, std::vector<Finding>& findings) {
  if (!are_alike(report)) return;
  for (const auto& [rank, worst] : worst_by_rank(report, slow_clock)) {
    Finding f =
        finding_of_device(report, Finding::Severity::warn, "device_slow_clock", worst, "Hz");
    f.reason = fmt::format(
        "ran at {} on average, {:.1f} % below the median of all devices in the same case{}",
        scaled(worst.at.value, "Hz"), 100 * (1 - worst.at.value / worst.expected), also_in(worst));
    f.action =
        "Compare its power limit, temperatures and clock reasons with the others' "
        "(results[].vitals.device)";
    findings.push_back(std::move(f));
  }
}

}  // namespace

bool is_brake(std::string_view clock_reason) {
  return std::ranges::find(brakes, clock_reason, &Brake::reason) != brakes.end();
}

bool is_braked(const Measured& measured) {
  const auto& device = measured.vitals.device;
  if (!device || !device->clock_reasons) return false;
  return std::ranges::any_of(*device->clock_reasons, [](const auto& reason) {
    return is_brake(reason.first) && reason.second.value > 0;
  });
}

std::vector<Finding> gpu_clock_findings(const Report& report) {
  std::vector<Finding> findings;
  add_brakes(report, findings);
  add_limits(report, findings);
  add_slow(report, findings);
  return findings;
}

}  // namespace shortfall

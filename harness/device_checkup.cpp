#include "harness/device_checkup.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/statistics.hpp"

namespace shortfall {
namespace {

// A rank's figure, what becomes of it, and which end of it is the bad one.
struct Summarized {
  double DeviceSigns::*from;
  std::optional<OverDevices> DeviceVitals::*to;
  enum class Worst { lowest, highest } worst;
};

using S = DeviceSigns;
using V = DeviceVitals;
using Worst = Summarized::Worst;

constexpr std::array figures{
    Summarized{&S::samples, &V::samples, Worst::lowest},
    Summarized{&S::active, &V::active, Worst::lowest},
    Summarized{&S::period, &V::period, Worst::highest},
    Summarized{&S::clock, &V::clock, Worst::lowest},
    Summarized{&S::lowest_clock, &V::lowest_clock, Worst::lowest},
    Summarized{&S::highest_clock, &V::highest_clock, Worst::lowest},
    Summarized{&S::memory_clock, &V::memory_clock, Worst::lowest},
    Summarized{&S::measured_clock, &V::measured_clock, Worst::lowest},
    Summarized{&S::promised_clock, &V::promised_clock, Worst::lowest},
    Summarized{&S::application_clock, &V::application_clock, Worst::lowest},
    Summarized{&S::power, &V::power, Worst::highest},
    Summarized{&S::highest_power, &V::highest_power, Worst::highest},
    Summarized{&S::power_limit, &V::power_limit, Worst::lowest},
    Summarized{&S::temperature, &V::temperature, Worst::highest},
    Summarized{&S::memory_temperature, &V::memory_temperature, Worst::highest},
    Summarized{&S::pcie_generation, &V::pcie_generation, Worst::lowest},
    Summarized{&S::pcie_lanes, &V::pcie_lanes, Worst::lowest},
    Summarized{&S::pcie_replays, &V::pcie_replays, Worst::highest},
    Summarized{&S::links, &V::links, Worst::lowest},
    Summarized{&S::links_seen, &V::links_seen, Worst::lowest},
    Summarized{&S::link_errors, &V::link_errors, Worst::highest},
    Summarized{&S::memory_errors, &V::memory_errors, Worst::highest},
    Summarized{&S::other_processes, &V::other_processes, Worst::highest},
    Summarized{&S::other_memory, &V::other_memory, Worst::highest},
};

// In the order of ClockReason.
constexpr std::array<const char*, clock_reasons> reason_words{
    "idle",       "application_clocks", "power_cap",        "hardware_slowdown",
    "sync_boost", "software_thermal",   "hardware_thermal", "power_brake",
    "display"};

struct OfRank {
  double value;
  int rank;
};

// Of the ranks that tell.
template <class Figure>
std::vector<OfRank> told(std::span<const DeviceSigns> all, Figure figure) {
  std::vector<OfRank> values;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const double value = figure(all[rank]);
    if (all[rank].identity != 0 && !std::isnan(value))
      values.push_back({value, static_cast<int>(rank)});
  }
  return values;
}

AtRank at(const OfRank& one, const std::vector<std::string>& hosts) {
  return {one.value, one.rank, hosts[static_cast<std::size_t>(one.rank)]};
}

std::optional<OverDevices> over_devices(std::span<const DeviceSigns> all,
                                        const std::vector<std::string>& hosts,
                                        const Summarized& which) {
  const auto values = told(all, [&](const DeviceSigns& signs) { return signs.*which.from; });
  if (values.empty()) return std::nullopt;
  std::vector<double> alone;
  for (const OfRank& one : values) alone.push_back(one.value);
  const auto [lowest, highest] = std::ranges::minmax_element(values, {}, &OfRank::value);
  return OverDevices{median(std::move(alone)),
                     at(which.worst == Worst::lowest ? *lowest : *highest, hosts)};
}

std::optional<std::vector<std::pair<std::string, AtRank>>> reasons_of(
    std::span<const DeviceSigns> all, const std::vector<std::string>& hosts) {
  std::optional<std::vector<std::pair<std::string, AtRank>>> reasons;
  for (std::size_t i = 0; i < clock_reasons; ++i) {
    const auto shares = told(all, [i](const DeviceSigns& signs) { return signs.residency[i]; });
    if (shares.empty()) continue;
    if (!reasons) reasons.emplace();
    const auto most = std::ranges::max_element(shares, {}, &OfRank::value);
    if (most->value > 0) reasons->emplace_back(reason_words[i], at(*most, hosts));
  }
  return reasons;
}

// Ranks that share a device have all seen the energy of all of it.
std::optional<Joules> energy_of(std::span<const DeviceSigns> all,
                                const std::vector<std::string>& hosts) {
  std::map<std::pair<std::string, std::uint64_t>, double> devices;
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (all[rank].identity == 0) continue;
    double& most = devices.try_emplace({hosts[rank], all[rank].identity}, 0).first->second;
    most = std::isnan(all[rank].energy) ? not_told : std::max(most, all[rank].energy);
  }
  Joules sum;
  for (const auto& [device, energy] : devices) sum = sum + Joules{energy};
  return std::isnan(sum.value) ? std::nullopt : std::optional(sum);
}

}  // namespace

std::optional<DeviceVitals> device_vitals(std::span<const DeviceSigns> all,
                                          const std::vector<std::string>& hosts) {
  DeviceVitals vitals;
  vitals.ranks = static_cast<std::size_t>(
      std::ranges::count_if(all, [](const DeviceSigns& signs) { return signs.identity != 0; }));
  if (vitals.ranks == 0) return std::nullopt;
  for (const Summarized& which : figures) vitals.*which.to = over_devices(all, hosts, which);
  vitals.clock_reasons = reasons_of(all, hosts);
  vitals.energy = energy_of(all, hosts);
  return vitals;
}

void DeviceCheckup::begin() {
  if (monitor_) monitor_->begin();
}

std::optional<DeviceVitals> DeviceCheckup::end(double iterations, std::vector<double> clocks) {
  DeviceSigns mine = monitor_ ? monitor_->end() : DeviceSigns{};
  if (!clocks.empty()) mine.measured_clock = median(std::move(clocks));
  const std::vector<DeviceSigns> all = gather(job_, mine);
  std::vector<std::string> hosts;
  for (int rank = 0; rank < job_.size(); ++rank) hosts.push_back(job_.host(rank));
  auto vitals = device_vitals(all, hosts);
  if (!vitals) return vitals;
  const auto counts = gather(job_, monitor_ ? iterations : 0.0);  // the same on all that took part
  vitals->iterations = *std::ranges::max_element(counts);
  const auto faulty = std::ranges::find_if(all, [](const DeviceSigns& s) { return s.fault > 0; });
  if (faulty == all.end()) return vitals;
  const auto words = gather(job_, mine.fault > 0 ? monitor_->last_fault() : std::string());
  const auto rank = static_cast<std::size_t>(faulty - all.begin());
  vitals->fault = DeviceFault{static_cast<int>(faulty->fault), static_cast<int>(rank), hosts[rank],
                              words[rank]};
  return vitals;
}

}  // namespace shortfall

// The keys of results[].vitals, for fields.hpp.
#pragma once

#include "core/marks.hpp"
#include "harness/vitals.hpp"

namespace shortfall {

void fields(auto& each, Is<AtRank> auto& at) {
  each("value", at.value);
  each("rank", at.rank);
  each("host", at.host);
}

void fields(auto& each, Is<ClockOfCase> auto& clock) {
  each("before", clock.before);
  each("after", clock.after);
  each("slowest", clock.slowest);
  each("fall_share", clock.fall);
}

void fields(auto& each, Is<OverDevices> auto& over) {
  each("median", over.median);
  each("worst", over.worst);
}

void fields(auto& each, Is<DeviceFault> auto& fault) {
  each("number", fault.number);
  each("rank", fault.rank);
  each("host", fault.host);
  each("words", fault.words);
}

void fields(auto& each, Is<DeviceVitals> auto& device) {
  each("ranks", device.ranks);
  each("iterations", device.iterations);
  each("energy_j", device.energy);
  each("samples", device.samples);
  each("active_s", device.active);
  each("period_s", device.period);
  each("clock_hz", device.clock);
  each("lowest_clock_hz", device.lowest_clock);
  each("highest_clock_hz", device.highest_clock);
  each("memory_clock_hz", device.memory_clock);
  each("measured_clock_hz", device.measured_clock);
  each("promised_clock_hz", device.promised_clock);
  each("application_clock_hz", device.application_clock);
  each("power_w", device.power);
  each("highest_power_w", device.highest_power);
  each("power_limit_w", device.power_limit);
  each("temperature_c", device.temperature);
  each("memory_temperature_c", device.memory_temperature);
  each("pcie_generation", device.pcie_generation);
  each("pcie_lanes", device.pcie_lanes);
  each("pcie_replays", device.pcie_replays);
  each("links_up", device.links);
  each("links_seen", device.links_seen);
  each("link_errors", device.link_errors);
  each("memory_errors", device.memory_errors);
  each("other_processes", device.other_processes);
  each("other_memory_bytes", device.other_memory);
  each("clock_reasons", device.clock_reasons);
  each("fault", device.fault);
}

void fields(auto& each, Is<Vitals> auto& vitals) {
  each("clock_hz", vitals.clock);
  each("cpu_wait_share", vitals.cpu_wait_share);
  each("other_load_share", vitals.other_load_share);
  each("steal_share", vitals.steal_share);
  each("temperature_c", vitals.temperature_c);
  each("power_w", vitals.power_w);
  each("device", vitals.device);
  each("disturbed", vitals.is_disturbed);
  each("reason", vitals.reason);
  each("disturbed_hosts", vitals.disturbed_hosts);
}

}  // namespace shortfall

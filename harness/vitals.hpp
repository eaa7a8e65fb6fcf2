// How the machine was doing while a case was measured, and whether somebody else disturbed it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct AtRank {  // the worst, and where: for figures of a host, the lowest rank there
  double value = 0;
  int rank = 0;
  std::string host;
};

struct ClockOfCase {        // of cores, just before the first and just after the last sample
  Frequency before, after;  // medians over ranks
  AtRank slowest;           // of all readings, Hz
  AtRank fall;              // 1 - after / before of the rank whose clock fell most
};

struct OverDevices {  // one figure of the devices of all ranks
  double median = 0;
  AtRank worst;
};

struct DeviceFault {
  int number = 0;
  int rank = 0;
  std::string host;
  std::string words;  // "Xid 79: GPU has fallen off the bus"
};

// Of the devices, while calls were timed. What a driver does not tell is absent.
struct DeviceVitals {
  std::size_t ranks = 0;  // whose devices were watched
  double iterations = 0;  // of each of them, meanwhile
  std::optional<Joules>
      energy;  // of all of them meanwhile, each device once; nothing if one does not tell
  std::optional<OverDevices> samples, active, period;  // worst: fewest, shortest, longest
  std::optional<OverDevices> clock, lowest_clock, highest_clock;  // Hz, mean first; worst: slowest
  std::optional<OverDevices> memory_clock, measured_clock;        // as above
  std::optional<OverDevices> promised_clock, application_clock;   // as above
  std::optional<OverDevices> power, highest_power;                // W; worst: most
  std::optional<OverDevices> power_limit;                         // W; worst: least
  std::optional<OverDevices> temperature, memory_temperature;     // degrees C; worst: hottest
  std::optional<OverDevices> pcie_generation, pcie_lanes;         // worst: least
  std::optional<OverDevices> links, links_seen;                   // worst: fewest
  std::optional<OverDevices> pcie_replays, link_errors;           // worst: most
  std::optional<OverDevices> memory_errors;                       // as above
  std::optional<OverDevices> other_processes, other_memory;       // as above
  // Why devices were slower than promised: share of the samples, of the worst rank of each.
  std::optional<std::vector<std::pair<std::string, AtRank>>> clock_reasons;
  std::optional<DeviceFault> fault;  // of the lowest rank that had one
};

// What is unknown is absent: the machine does not say, or the case was too short to tell.
struct Vitals {
  std::optional<ClockOfCase> clock;
  std::optional<AtRank> cpu_wait_share;    // of its time a rank was ready and waited for a CPU
  std::optional<AtRank> other_load_share;  // of a host's CPU time, by processes not of this job
  std::optional<AtRank> steal_share;       // of a host's CPU time, by other virtual machines
  std::optional<AtRank> temperature_c;     // of the hottest processor, afterwards
  std::optional<double> power_w;           // all hosts together; absent if one is unknown
  std::optional<DeviceVitals> device;      // absent without a monitor
  bool is_disturbed = false;
  std::optional<std::string> reason;         // in words, of the worst
  std::vector<std::string> disturbed_hosts;  // at most 64
};

}  // namespace shortfall

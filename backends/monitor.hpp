// What a device's driver tells while the device works: clocks, power, temperature, and why it held
// itself back.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace shortfall {

// Why a device does not run at its highest clock. Several hold at once.
enum class ClockReason {
  idle,                // there was nothing to do
  application_clocks,  // somebody set lower clocks
  power_cap,           // the power limit: normal under products
  hardware_slowdown,   // any of the board's own brakes
  sync_boost,          // kept at the pace of another device
  software_thermal,    // the driver keeps it, or its memory, from getting too hot
  hardware_thermal,    // the board found it too hot
  power_brake,         // the power supply asked for less
  display,             // a display needs the clock as it is
};
inline constexpr std::size_t clock_reasons = 9;

inline constexpr double not_told = std::numeric_limits<double>::quiet_NaN();

// Of one device over the active time of one case: the stretches between resume() and pause(). In SI
// units; what the driver does not tell is not-a-number. Sent between ranks as it is.
struct DeviceSigns {
  std::uint64_t identity = 0;  // equal for ranks of one host that share a device; 0 = no monitor
  double samples = 0;
  double active = 0;                                                           // s
  double period = 0;                                                           // s, between samples
  double clock = not_told, lowest_clock = not_told, highest_clock = not_told;  // Hz; mean first
  double memory_clock = not_told;                                              // Hz, mean
  double promised_clock = not_told;     // Hz, the highest that this device can have
  double application_clock = not_told;  // Hz, that somebody may have set
  double measured_clock = not_told;     // Hz, counted on the device itself
  double power = not_told, highest_power = not_told, power_limit = not_told;  // W; mean first
  double energy = not_told;                                                   // J
  double temperature = not_told, memory_temperature = not_told;               // degrees C, highest
  double pcie_generation = not_told, pcie_lanes = not_told;                   // highest seen
  double pcie_replays = not_told;                                             // more than before
  double links = not_told, links_seen = not_told;  // NVLinks that are up; that the device has
  double link_errors = not_told;                   // more than before
  double memory_errors = not_told;                 // uncorrectable ones, more than before
  double other_processes = not_told, other_memory = not_told;  // count, bytes
  double fault = not_told;  // number of the last one during the case; 0 = none
  std::array<double, clock_reasons> residency = all_not_told();  // share of samples; by ClockReason

  static constexpr std::array<double, clock_reasons> all_not_told() {
    std::array<double, clock_reasons> all{};
    all.fill(not_told);
    return all;
  }
};

// Used by one thread. None of the calls waits for the driver longer than a moment, however long the
// driver takes, and none throws.
class DeviceMonitor {
 public:
  virtual ~DeviceMonitor() = default;
  virtual void begin() = 0;  // a case: what was seen before is forgotten
  // Around timed calls, none of which they delay: only what is seen in between counts.
  virtual void resume() = 0;
  virtual void pause() = 0;
  virtual DeviceSigns end() = 0;  // of the case
  // The last fault of the device in this run: "Xid 79: GPU has fallen off the bus"; "" = none
  // known.
  virtual std::string last_fault() = 0;
};

// From resume() to pause(), whatever is thrown in between. Without a monitor nothing.
class ActiveStretch {
 public:
  explicit ActiveStretch(DeviceMonitor* monitor) : monitor_(monitor) {
    if (monitor_) monitor_->resume();
  }
  ~ActiveStretch() {
    if (monitor_) monitor_->pause();
  }
  ActiveStretch(const ActiveStretch&) = delete;
  ActiveStretch& operator=(const ActiveStretch&) = delete;

 private:
  DeviceMonitor* monitor_;
};

}  // namespace shortfall

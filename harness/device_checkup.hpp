// Asks for the signs of the devices during a case and makes one picture of what all ranks saw.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/monitor.hpp"
#include "backends/world.hpp"
#include "harness/vitals.hpp"

namespace shortfall {

// `all` by rank, `hosts` the name of each rank's. Nothing if no rank has a monitor. Without faults,
// whose words are each rank's own.
std::optional<DeviceVitals> device_vitals(std::span<const DeviceSigns> all,
                                          const std::vector<std::string>& hosts);

class DeviceCheckup {
 public:
  // Without `monitor` this rank's device is unknown, or idle.
  DeviceCheckup(World& job, DeviceMonitor* monitor) : job_(job), monitor_(monitor) {}
  void begin();
  // Collective over the job. Of this rank since begin(): how many `iterations` were timed, and the
  // clocks that the device has counted of batches (nothing: it does not).
  std::optional<DeviceVitals> end(double iterations, std::vector<double> clocks);

 private:
  World& job_;
  DeviceMonitor* monitor_;
};

}  // namespace shortfall

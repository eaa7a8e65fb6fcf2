// Watches one GPU while it works, by a thread that asks the driver's library.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backends/cuda/nvml.hpp"
#include "backends/monitor.hpp"

namespace shortfall {

struct MonitorOptions {
  Seconds period{0.02};         // between samples
  Seconds longest_period{0.1};  // where a sample takes long: it may take a twentieth of the time
  Seconds patience{0.25};       // for a driver that does not answer
  std::filesystem::path root = "/";  // stands before /dev and /proc: "/", but in tests
};

// nullptr where the library is unusable or does not know a GPU at this address ("0000:17:00.0").
std::unique_ptr<DeviceMonitor> open_nvml_monitor(std::shared_ptr<const Nvml> library,
                                                 const std::string& address,
                                                 const MonitorOptions& options = {});

}  // namespace shortfall

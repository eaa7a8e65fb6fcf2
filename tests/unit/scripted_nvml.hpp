// A test with a double of libnvidia-ml that answers from a script.
#pragma once

#include <chrono>
#include <cstdlib>
#include <thread>

#include "backends/cuda/nvml.hpp"
#include "tests/unit/made_up_root.hpp"

namespace shortfall {

inline const std::string library_double = std::string(SHORTFALL_DOUBLES) + "/libnvidia-ml.so.1";
inline const std::string old_library_double =
    std::string(SHORTFALL_DOUBLES) + "/old/libnvidia-ml.so.1";

inline const std::string one_h200 = R"(driver 570.86.15
gpu 0000:17:00.0 NVIDIA H200
capability 90
clock 1755
highest_clock 1980
application_clock 1980
memory_clock 3201
highest_memory_clock 3201
memory_bus_bits 6144
memory_mib 143771
memory_free_mib 143000
reasons 0x4
power 640
power_limit 700
temperature 61
memory_temperature 74
pcie_generation 5
pcie_lanes 16
pcie_replays 3
links 18
links_seen 18
link_errors 7
ecc 1
memory_errors 2
mig 0
)";

class ScriptedNvml : public MadeUpRoot {
 protected:
  std::shared_ptr<const Nvml> open(const std::string& script,
                                   const std::string& library = library_double) const {
    file("/script", script);
    setenv("SHORTFALL_NVML_DOUBLE", (root.path + "/script").c_str(), 1);
    return Nvml::open(library);
  }
  NvmlGpu gpu(const std::string& script, const std::string& library = library_double) const {
    const auto opened = open(script, library);
    return {opened, opened->device_at("0000:17:00.0").value()};
  }
  // What the double answers is on the clock: there is nobody to turn it by hand.
  static void let_pass(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
};

}  // namespace shortfall

// What only a backend can tell of a device: handed from backends/ to topology/ as values.
#pragma once

#include <optional>
#include <string>

#include "core/units.hpp"

namespace shortfall {

// What cannot be asked is absent, never zero.
struct DeviceFacts {
  std::string address = {};                    // on PCI: "0000:17:00.0"
  std::string name = {};                       // "NVIDIA H200"
  std::string architecture = {};               // "sm_90", "gfx942": what ops per clock follow from
  std::optional<int> units = {};               // streaming multiprocessors, compute units
  std::optional<Frequency> clock = {};         // highest of the units
  std::optional<Frequency> memory_clock = {};  // base clock, two transfers each
  std::optional<int> memory_bus_bits = {};
  std::optional<Bytes> memory = {};            // all of it
  std::optional<Bytes> memory_available = {};  // now: less where a process holds some
  std::optional<bool> ecc = {};
  std::optional<bool> mig = {};        // cut into instances
  std::optional<int> nvlinks = {};     // that it has
  std::optional<int> nvlinks_up = {};  // of those
  std::optional<double> power_limit_w = {};
  std::string serial = {};           // UUID
  std::string firmware = {};         // VBIOS
  std::string driver_version = {};   // of the kernel driver
  std::string runtime_version = {};  // of the library in use
  friend bool operator==(const DeviceFacts&, const DeviceFacts&) = default;
};

}  // namespace shortfall

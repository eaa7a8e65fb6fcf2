// What measuring itself costs, as Google Benchmarks: the error floor of docs/methodology.md.
#pragma once

#include "backends/device.hpp"
#include "backends/vitals.hpp"
#include "backends/world.hpp"

namespace shortfall {

struct Instrument {  // what is measured with; must live until the benchmarks have run
  World& world;
  Device& device;
  Stream& stream;
  VitalSigns* signs;  // nullptr: the device has none
};

// Those named "instrument/...".
void register_instrument(const Instrument& instrument);

}  // namespace shortfall

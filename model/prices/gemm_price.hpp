// What a matrix product takes on a device.
#pragma once

#include "core/operation/gemm.hpp"
#include "model/system/system.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// From the datasheet down to the shape. Each is a time of all products of a batch.
struct GemmPrice {
  Seconds at_peak;   // FLOP / peak
  Seconds at_clock;  // FLOP / (peak x sustained clock)
  Seconds at_best;   // FLOP / (that x share of the best shape)
  Seconds time;      // with this shape: tiles, waves, memory, start
};

// Columns and rows are cut into tiles of the kind that is done soonest; tiles are dealt to the
// multiprocessors in waves, the last of which is seldom full. Few tiles are cut along k, too. A
// product takes no less than its matrices take to be read and written. Rows whose bytes are no
// multiple of 16 keep matrix units from loading them: docs/model.md has formulas and sources.
GemmPrice price_of(const Gemm& gemm, Precision precision, const DeviceModel& device);

}  // namespace shortfall

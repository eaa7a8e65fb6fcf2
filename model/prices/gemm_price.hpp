// What matrix products take on a device.
#pragma once

#include "core/operation/gemm.hpp"
#include "model/system/system.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// Of all products of a batch. Columns and rows are cut into tiles of the kind that is done soonest;
// tiles are dealt to the multiprocessors in waves, the last of which is seldom full. Few tiles are
// cut along k, too. A product takes no less than its matrices take to be read and written. Rows
// whose bytes are no multiple of 16 keep matrix units from loading them: docs/model.md has formulas
// and sources.
Seconds price_of(const Gemm& gemm, Precision precision, const DeviceModel& device);

}  // namespace shortfall

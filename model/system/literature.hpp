// A System that nobody measured: the datasheet, and what others published about how much of it is
// attained. None of its constants was fitted to training runs.
#pragma once

#include <optional>

#include "model/system/system.hpp"
#include "topology/datasheets/sheet.hpp"

namespace shortfall {

// What a run's own description says of its devices, instead of the datasheet.
struct DeviceConditions {
  std::optional<Throughput> peak;  // of the products that are multiplied
  std::optional<Bandwidth> scale_up, scale_out;
  std::optional<Bandwidth> memory;
  std::optional<double> power_limit_w;
  std::int64_t scale_up_ranks = 0;  // 0 = 8, or all of a rack-scale system
  bool is_fp32 = false;             // what is multiplied: the peak is that of tf32, else of f32
};

// Throws BadUsage if the sheet lacks a peak, memory or links: nothing is guessed.
SystemModel literature_system(const DeviceSheet& sheet, const DeviceConditions& environment);

}  // namespace shortfall

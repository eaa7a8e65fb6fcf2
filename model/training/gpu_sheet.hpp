// Which datasheet the GPU of a training run has.
#pragma once

#include <string>

#include "model/training/training_run.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

struct GpuSheet {
  DeviceSheet sheet;
  std::string assumed;  // what the name left open: "gpu = A100 SXM4 80GB"; "" = nothing
};

// "A100-SXM4-80GB" as devices call themselves; of names that several parts have ("H100"), the part
// for servers of GPUs with scale-up links, and of those the one with the largest memory. BadUsage,
// beginning with `where`, if there is none: its peak alone would not tell how fast its memory is.
GpuSheet gpu_sheet(const std::string& gpu, const Datasheets& sheets, const std::string& where);

}  // namespace shortfall

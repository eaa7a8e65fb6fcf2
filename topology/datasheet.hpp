// What a rank's share of a host, or its GPU, promises on paper.
#pragma once

#include "topology/datasheets.hpp"
#include "topology/machine.hpp"

namespace shortfall {

// Of `cores` cores of `host`: by a sheet for its processor where a user's file has one, else by the
// nominal clock; without that there is no peak. The bandwidth of its memory is not told by the
// machine, so it is unknown without a sheet.
Datasheet datasheet_of(const Host& host, int cores, const Datasheets& sheets = {});

// Products count with these peaks: f64 with fp64_tensor and f32 with fp32_tensor where there are
// such (AMD's matrix units keep all of f32; tf32 is apart), else fp64 and fp32.
Datasheet datasheet_of(const Gpu& gpu, const Datasheets& sheets);

}  // namespace shortfall

// The collection of datasheets: those built in, and before them those of a user's file.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "topology/datasheets/sheet.hpp"
#include "topology/gpu.hpp"

namespace shortfall {

// With `_tensor`: on matrix units in full precision. With `_acc16`: sums in 16 bits, which nothing
// here measures, but which headlines of GeForce cards count.
inline constexpr std::array<std::string_view, 13> peak_names{
    "fp64",       "fp64_tensor", "fp32",      "fp32_tensor", "tf32", "bf16", "fp16",
    "fp16_acc16", "fp8",         "fp8_acc16", "fp6",         "fp4",  "int8"};

struct Datasheets {
  std::vector<DeviceSheet> accelerators;
  std::vector<CpuSheet> cpus;
  std::vector<OpsPerClock> ops;
};

Datasheets built_in();

// Of a document in the form of docs/datasheets.md. Throws BadUsage, naming `source` and the place,
// on anything else: other units, sparse peaks, what no part can do.
Datasheets parsed_datasheets(std::string_view text, const std::string& source);

// Both; what is in `first` counts where both know a device or an architecture.
Datasheets before(Datasheets first, const Datasheets& rest);

// The datasheet of a device. Where none fits its name, its memory and its units, one that is
// derived: units x operations per clock x clock, confidence "derived". Notes say how; without a
// known architecture there is no peak.
DeviceSheet sheet_of(const Gpu& gpu, const Datasheets& sheets);

// nullptr = none for a processor of this name.
const CpuSheet* cpu_sheet(const std::string& model, const Datasheets& sheets);

// units x operations per clock x clock, for as much as the sheet and the table know.
Peaks formula_peaks(const DeviceSheet& sheet, const std::vector<OpsPerClock>& table);

}  // namespace shortfall

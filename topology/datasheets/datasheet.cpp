#include "topology/datasheets/datasheet.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace shortfall {
namespace {

struct Counted {
  DType type;
  std::array<std::string_view, 2> peaks;  // the first that there is counts
};
constexpr std::array<Counted, 10> counted_peaks{{{DType::f64, {"fp64_tensor", "fp64"}},
                                                 {DType::f32, {"fp32_tensor", "fp32"}},
                                                 {DType::tf32, {"tf32", "tf32"}},
                                                 {DType::bf16, {"bf16", "bf16"}},
                                                 {DType::f16, {"fp16", "fp16"}},
                                                 {DType::f8_e4m3, {"fp8", "fp8"}},
                                                 {DType::f8_e5m2, {"fp8", "fp8"}},
                                                 {DType::mxfp8, {"fp8", "fp8"}},
                                                 {DType::nvfp4, {"fp4", "fp4"}},
                                                 {DType::int8, {"int8", "int8"}}}};
constexpr std::array<std::string_view, 1> apart{"fp6"};

std::optional<Throughput> peak_named(const Peaks& peaks, std::string_view name) {
  const auto found = std::ranges::find(peaks, name, &Peaks::value_type::first);
  if (found == peaks.end()) return std::nullopt;
  return found->second;
}

void take_peaks(Datasheet& into, const Peaks& peaks, double factor) {
  const bool scales_blocks = peak_named(peaks, "fp4").has_value();
  for (const Counted& c : counted_peaks) {
    // The units that multiply fp4 are those that scale blocks of 8-bit numbers, too.
    if (c.type == DType::mxfp8 && !scales_blocks) continue;
    const auto first = peak_named(peaks, c.peaks[0]);
    const auto peak = first ? first : peak_named(peaks, c.peaks[1]);
    if (peak) into.peak.emplace_back(c.type, *peak * factor);
  }
  for (const std::string_view name : apart) {
    const auto peak = peak_named(peaks, name);
    if (peak) into.further_peak.emplace_back(name, *peak * factor);
  }
}

std::string source_of(const Sheet& sheet) {
  std::string source = "datasheet " + sheet.name;
  if (!sheet.file.empty()) source += " of " + sheet.file;
  if (!sheet.sources.empty()) source += ": " + sheet.sources.front();
  return source;
}

void derive_peak(Datasheet& sheet, const Host& host, int cores) {
  const Frequency clock = host.cpu.nominal_clock;
  if (clock.value <= 0 || host.ops_per_cycle.empty()) {
    sheet.source =
        std::string("unknown: ") + (clock.value <= 0 ? "no source tells the nominal clock"
                                                     : "the units of this processor are not known");
    return;
  }
  for (const OpsPerCycle& ops : host.ops_per_cycle) {
    sheet.peak.emplace_back(ops.type, Throughput{cores * ops.value * clock.value});
  }
  sheet.confidence = "derived";
  sheet.source = "derived: " + counted(cores, "core") + " x operations per cycle (" +
                 host.ops_per_cycle.front().source + ") x " + scaled(clock.value, "Hz") + " (" +
                 host.cpu.nominal_clock_source + ")";
}

}  // namespace

Datasheet datasheet_of(const Host& host, int cores, const Datasheets& sheets) {
  Datasheet sheet;
  sheet.name = host.cpu.model + ", " + counted(cores, "core");
  const CpuSheet* const own = cpu_sheet(host.cpu.model, sheets);
  if (own == nullptr) {
    derive_peak(sheet, host, cores);
    return sheet;
  }
  sheet.memory = own->memory;
  if (own->core_peak.empty() && own->host_peak.empty()) {
    derive_peak(sheet, host, cores);
    sheet.source += "; memory: " + source_of(*own);
    return sheet;
  }
  take_peaks(sheet, own->core_peak, cores);
  take_peaks(sheet, own->host_peak, static_cast<double>(cores) / std::max(1, host.cpu.cores));
  sheet.confidence = own->confidence;
  sheet.source = counted(cores, "core") + " by the " + source_of(*own);
  return sheet;
}

Datasheet datasheet_of(const Gpu& gpu, const Datasheets& sheets) {
  const DeviceSheet device = sheet_of(gpu, sheets);
  Datasheet sheet;
  sheet.name = device.name;
  sheet.confidence = device.confidence;
  sheet.memory = device.memory;
  take_peaks(sheet, device.peak, 1);
  if (device.clock.value > 0) sheet.clock = device.clock;
  sheet.tensor_clock = device.tensor_clock.value > 0 ? device.tensor_clock : sheet.clock;
  const bool is_known = !sheet.peak.empty() || !sheet.further_peak.empty() || sheet.memory;
  if (!is_known || device.confidence == "derived") {
    sheet.source = (is_known ? "derived: " : "unknown: ") + device.notes;
    return sheet;
  }
  sheet.source = source_of(device);
  if (device.tensor_clock.value > 0) {
    sheet.source += "; products on tensor units at " + scaled(device.tensor_clock.value, "Hz") +
                    ", others at " + scaled(device.clock.value, "Hz");
  }
  return sheet;
}

}  // namespace shortfall

#include "topology/datasheets/datasheets.hpp"

#include <cmath>

#include "core/text.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {
namespace {

// Makers label 80 GiB, less what they keep for themselves, as 80 GB; ECC takes up to an eighth.
constexpr double memory_tolerance = 0.12;
// Sources differ by 3 % for one part (GB200); parts that are sold by units differ by 10 %.
constexpr double units_tolerance = 0.05;

bool is_near(double a, double b, double tolerance) { return std::abs(a / b - 1) <= tolerance; }

bool fits(const DeviceSheet& sheet, const DeviceFacts& facts) {
  const bool has_units = facts.units && sheet.units > 0;
  if (has_units && !is_near(*facts.units, sheet.units, units_tolerance)) return false;
  if (!facts.memory || sheet.sizes.empty()) return true;
  return std::ranges::any_of(sheet.sizes, [&](Bytes size) {
    return is_near(facts.memory->value, size.value, memory_tolerance);
  });
}

// What all of several sheets say that a name alone cannot tell apart.
DeviceSheet agreed(const std::vector<const DeviceSheet*>& sheets) {
  DeviceSheet common = *sheets.front();
  for (const DeviceSheet* const other : sheets) {
    if (other == sheets.front()) continue;
    common.name += " or " + other->name;
    if (common.memory != other->memory) common.memory.reset();
    std::erase_if(common.peak, [&](const Peaks::value_type& peak) {
      return std::ranges::find(other->peak, peak) == other->peak.end();
    });
  }
  if (sheets.size() > 1) common.notes = "its memory, which would tell which it is, is not known";
  return common;
}

// "gfx942:sramecc+:xnack-", "sm_90a"
std::string plain(const std::string& architecture) {
  std::string text = architecture.substr(0, architecture.find(':'));
  if (text.starts_with("sm_") && text.ends_with('a')) text.pop_back();
  return text;
}

bool is_geforce(const std::string& name) {
  return std::ranges::count(words_in(name), "geforce") > 0;
}

bool is_of_vector_units(const std::string& type) { return type == "fp64" || type == "fp32"; }

// With `fp64_tensor` and `fp32_tensor`, which are printed for the clock of vector units.
bool is_at_highest_clock(const std::string& type) {
  return type.starts_with("fp64") || type.starts_with("fp32");
}

const OpsPerClock* find(const std::vector<OpsPerClock>& table, const std::string& architecture) {
  const auto found = std::ranges::find(table, architecture, &OpsPerClock::architecture);
  return found == table.end() ? nullptr : &*found;
}

// GeForce cards run products at a lower rate than others of their architecture: where that is not
// known, only what vector units do.
OpsPerClock ops_of(const DeviceSheet& sheet, const std::vector<OpsPerClock>& table) {
  const std::string architecture = plain(sheet.architecture);
  const bool is_consumer = is_geforce(sheet.name);
  const OpsPerClock* const own =
      is_consumer ? find(table, architecture + " GeForce") : find(table, architecture);
  if (own != nullptr) return *own;
  const OpsPerClock* const others = find(table, architecture);
  if (others == nullptr) return {};
  OpsPerClock ops = *others;
  std::erase_if(ops.ops, [](const auto& op) { return !is_of_vector_units(op.first); });
  return ops;
}

// Two transfers each clock.
std::optional<Bandwidth> memory_by_formula(const DeviceFacts& facts) {
  if (!facts.memory_clock || !facts.memory_bus_bits) return std::nullopt;
  return Bandwidth{facts.memory_clock->value * *facts.memory_bus_bits / 8 * 2};
}

std::string why_no_peak(const DeviceSheet& sheet) {
  if (sheet.architecture.empty()) return "its backend does not tell the architecture";
  if (sheet.units == 0 || sheet.clock.value <= 0) return "its units or its clock are not told";
  return "operations per clock of " + sheet.architecture + " are not known";
}

std::string numbers_of(int units, Bytes memory) {
  return std::to_string(units) + " units, " + scaled(memory.value, "B");
}

// Why none is this device's, with what looks like it.
std::string why_none_fits(const std::string& name, const Gpu& gpu, const Datasheets& sheets) {
  const auto all = best_matches(sheets.accelerators, name, [](const DeviceSheet&) { return true; });
  if (!all.empty()) {
    const DeviceSheet& sheet = *all.front();
    const Bytes size = sheet.sizes.empty() ? Bytes{} : sheet.sizes.front();
    return "it is no " + sheet.name + " (" + numbers_of(sheet.units, size) + "), for it has " +
           numbers_of(gpu.facts.units.value_or(0), gpu.facts.memory.value_or(Bytes{}));
  }
  std::vector<std::string> known;
  for (const DeviceSheet& sheet : sheets.accelerators) known.push_back(sheet.name);
  const std::string own = name.substr(name.starts_with("NVIDIA ") ? 7 : 0);
  return "no datasheet has its name (nearest: " + join(nearest(own, known), "; ") + ")";
}

DeviceSheet derived(const std::string& name, const Gpu& gpu, const Datasheets& sheets) {
  DeviceSheet sheet;
  sheet.name = name;
  sheet.vendor = gpu.vendor;
  sheet.architecture = gpu.facts.architecture;
  sheet.units = gpu.facts.units.value_or(0);
  sheet.clock = gpu.facts.clock.value_or(Frequency{});
  sheet.peak = formula_peaks(sheet, sheets.ops);
  sheet.memory = memory_by_formula(gpu.facts);
  if (gpu.facts.memory) sheet.sizes = {*gpu.facts.memory};
  const std::string missing = why_none_fits(name, gpu, sheets);
  if (sheet.peak.empty()) {
    sheet.notes = missing + "; no peak: " + why_no_peak(sheet);
  } else {
    sheet.notes = std::to_string(sheet.units) + " units x operations per clock (" +
                  sheet.architecture + ") x " + scaled(sheet.clock.value, "Hz") +
                  ", the highest clock, which tensor units may not reach; " + missing;
  }
  if (sheet.memory) sheet.notes += "; memory: clock x bus x 2";
  if (!sheet.peak.empty() || sheet.memory) sheet.confidence = "derived";
  return sheet;
}

}  // namespace

Peaks formula_peaks(const DeviceSheet& sheet, const std::vector<OpsPerClock>& table) {
  Peaks peaks;
  if (sheet.units <= 0 || sheet.clock.value <= 0) return peaks;
  const Frequency tensor = sheet.tensor_clock.value > 0 ? sheet.tensor_clock : sheet.clock;
  for (const auto& [type, ops] : ops_of(sheet, table).ops) {
    const Frequency clock = is_at_highest_clock(type) ? sheet.clock : tensor;
    peaks.emplace_back(type, Throughput{sheet.units * ops * clock.value});
  }
  return peaks;
}

Datasheets before(Datasheets first, const Datasheets& rest) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(first.accelerators, rest.accelerators);
  append(first.cpus, rest.cpus);
  append(first.ops, rest.ops);
  return first;
}

DeviceSheet sheet_of(const Gpu& gpu, const Datasheets& sheets) {
  const std::string& name = gpu.best_name();
  const auto found = best_matches(sheets.accelerators, name,
                                  [&](const DeviceSheet& sheet) { return fits(sheet, gpu.facts); });
  return found.empty() ? derived(name, gpu, sheets) : agreed(found);
}

const CpuSheet* cpu_sheet(const std::string& model, const Datasheets& sheets) {
  const auto found = best_matches(sheets.cpus, model, [](const CpuSheet&) { return true; });
  return found.empty() ? nullptr : found.front();
}

}  // namespace shortfall

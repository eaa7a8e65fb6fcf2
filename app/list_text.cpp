#include <fmt/format.h>

#include <algorithm>

#include "app/backends_in_use.hpp"
#include "app/list.hpp"
#include "core/text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 35, indent_of_names = 23;

std::string shown(const Value& value, const Axis& axis) {
  const auto* const number = std::get_if<std::int64_t>(&value);
  return number && axis.kind == Axis::Kind::bytes ? size_text(*number) : text_of(value);
}

// All words, or the ends of a sweep.
std::string values_of(const Axis& axis) {
  const auto& values = axis.of(Profile::full);
  if (axis.kind == Axis::Kind::bytes && values.size() > 2) {
    return shown(values.front(), axis) + " ... " + shown(values.back(), axis);
  }
  std::vector<std::string> all;
  for (const Value& value : values) all.push_back(shown(value, axis));
  if (!axis.form.empty()) all.push_back(axis.form);
  return join(all, ", ");
}

std::string values_anywhere(const Benchmark& b, const Axis& axis) {
  const std::string here = values_of(axis), there = values_of(on_accelerator(axis));
  if (axis.only_on_accelerators) return there + " (accelerators)";
  if (b.runs != Runs::anywhere || here == there) return here;
  return here + "; on accelerators " + there;
}

// What is measured on some devices alone.
std::string summary_of(const Benchmark& b) {
  if (b.runs == Runs::on_accelerator) return b.summary + " (accelerators)";
  return b.runs == Runs::on_host ? b.summary + " (host)" : b.summary;
}

// The types that most people ask for first.
std::string promise_of(const DeviceSheet& sheet) {
  std::vector<std::string> parts;
  for (const std::string_view type : {"bf16", "fp8", "fp64"}) {
    const auto peak = std::ranges::find(sheet.peak, type, &Peaks::value_type::first);
    if (peak == sheet.peak.end()) continue;
    parts.push_back(fmt::format("{} {}", type, scaled(peak->second.value, "FLOP/s")));
  }
  if (sheet.memory) parts.push_back(scaled(sheet.memory->value, "B/s"));
  return join(parts, ", ");
}

}  // namespace

std::string list_text(const std::vector<Benchmark>& benchmarks,
                      const std::vector<Backend>& backends, const std::vector<Workload>& workloads,
                      const std::vector<DeviceSheet>& datasheets) {
  std::string text = "Benchmarks\n";
  for (const Benchmark& b : benchmarks) {
    text += fmt::format("  {:<20} {}\n", b.name, summary_of(b));
    for (const Axis& axis : b.axes)
      text +=
          item(fmt::format("{:<25}{} =", "", axis.name), values_anywhere(b, axis), width, indent);
  }
  text += "\nBackends\n";
  for (const Backend& b : backends) {
    const std::string why = why_unusable(b);
    text += item("  " + b.name, why.empty() ? "usable: " + b.summary : why, width, indent_of_names);
  }
  text +=
      "\nWorkloads (of 'run', 'predict' and 'plan'; other training runs: docs/training_runs.md)\n";
  for (const Workload& w : workloads) text += fmt::format("  {:<20} {}\n", w.name, w.summary);
  text += "\nDatasheets (dense peaks; --datasheet FILE for others)\n";
  for (const DeviceSheet& sheet : datasheets) {
    text += fmt::format("  {:<43} {}\n", sheet.name, promise_of(sheet));
  }
  return text;
}

}  // namespace shortfall

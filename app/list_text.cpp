#include <fmt/format.h>

#include "app/backends_in_use.hpp"
#include "app/list.hpp"
#include "core/text.hpp"
#include "reporters/lines.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 35;

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

}  // namespace

std::string list_text(const std::vector<Benchmark>& benchmarks,
                      const std::vector<Backend>& backends) {
  std::string text = "Benchmarks\n";
  for (const Benchmark& b : benchmarks) {
    text += fmt::format("  {:<20} {}\n", b.name, b.summary);
    for (const Axis& axis : b.axes)
      text += item(fmt::format("{:<25}{} =", "", axis.name), values_of(axis), width, indent);
  }
  text += "\nBackends\n";
  for (const Backend& b : backends) {
    const std::string why = why_unusable(b);
    text += fmt::format("  {:<20} {}\n", b.name, why.empty() ? "usable: " + b.summary : why);
  }
  return text;
}

}  // namespace shortfall

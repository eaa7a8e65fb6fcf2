#include "diagnosis/simultaneity.hpp"

#include <algorithm>

namespace shortfall {
namespace {

// The group of all those that do the same at once; "" = `group` is such a one.
std::string all_of(const std::string& group) {
  constexpr std::string_view first = "first_";
  if (group == "one") return "all";
  return group.starts_with(first) ? group.substr(first.size()) : "";
}

bool is_same_but_group(const Result& alone, const Result& together, const std::string& group) {
  Params expected;
  for (const auto& [name, value] : alone.params) {
    expected.add(name, name == "group" ? Value(group) : value);
  }
  return alone.benchmark == together.benchmark && expected == together.params;
}

}  // namespace

std::vector<Simultaneity> simultaneity_in(const std::vector<MeasuredCase>& cases) {
  std::vector<Simultaneity> all;
  for (const MeasuredCase& alone : cases) {
    const std::string group = all_of(word_of(*alone.result, "group").value_or(""));
    if (!alone.result->benchmark.starts_with("step_") || group.empty()) continue;
    const auto together = std::ranges::find_if(cases, [&](const MeasuredCase& other) {
      return is_same_but_group(*alone.result, *other.result, group);
    });
    if (together == cases.end()) continue;
    all.push_back({together->result->key, alone.typical(), together->typical()});
  }
  return all;
}

}  // namespace shortfall

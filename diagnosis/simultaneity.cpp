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

std::vector<Simultaneity> pairs_in(const std::vector<MeasuredCase>& cases) {
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

std::string_view benchmark_of(const Simultaneity& one) {
  return std::string_view(one.what).substr(0, one.what.find('/'));
}

}  // namespace

std::vector<Simultaneity> simultaneity_in(const std::vector<MeasuredCase>& cases,
                                          std::string_view step) {
  const std::vector<Simultaneity> in_turn = pairs_in(only_in_turn_with(step, cases));
  std::vector<Simultaneity> all = in_turn;
  for (Simultaneity& one : pairs_in(in_turn_with("", cases))) {
    const auto is_same = [&](const auto& other) {
      return benchmark_of(other) == benchmark_of(one);
    };
    if (std::ranges::none_of(in_turn, is_same)) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace shortfall

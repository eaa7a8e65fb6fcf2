#include "diagnosis/measured_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/error.hpp"
#include "core/statistics.hpp"

namespace shortfall {
namespace {

const Value* parameter_of(const Result& result, std::string_view name) {
  const auto found = std::ranges::find(result.params, name, &Params::Entry::first);
  return found == result.params.end() ? nullptr : &found->second;
}

template <class Kind>
std::optional<Kind> parameter_as(const Result& result, std::string_view name) {
  const Value* const value = parameter_of(result, name);
  const auto* const held = value == nullptr ? nullptr : std::get_if<Kind>(value);
  return held == nullptr ? std::nullopt : std::optional(*held);
}

std::string key_without_turn(const Result& result) {
  Params params;
  for (const auto& [name, value] : result.params) {
    if (name != "turn") params.add(name, value);
  }
  return key_of(result.benchmark, params);
}

// Not written as its opposite: comparisons with NaN are false.
bool is_possible(Seconds time) { return time >= Seconds{1e-12} && time <= Seconds{1e9}; }

}  // namespace

std::string fault_in(const MeasuredCase& one) {
  std::vector<Seconds> times = one.of_ranks();
  times.push_back(one.slowest());
  for (const Seconds time : times) {
    if (is_possible(time)) continue;
    return fmt::format(
        "a time of {} s: expected one from 1e-12 to 1e9 s. Measure again, or leave the case out",
        time.value);
  }
  constexpr std::int64_t largest = 1'000'000'000'000'000;  // bytes, rows, columns
  for (const auto& [name, value] : one.result->params) {
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || (*number >= 0 && *number <= largest)) continue;
    return fmt::format("{} = {}: expected a number from 0 to {}", name, *number, largest);
  }
  return "";
}

std::vector<Seconds> MeasuredCase::of_ranks() const {
  std::vector<Seconds> times = measured->per_rank.all;
  std::erase(times, Seconds{0});  // took no part
  return times;
}

Seconds MeasuredCase::typical() const {
  const std::vector<Seconds> times = of_ranks();
  if (!times.empty()) return lower_median(times);
  const Seconds median = measured->per_rank.median;
  return is_possible(median) ? median : slowest();
}

std::vector<MeasuredCase> measured_cases(const Report& report) {
  std::vector<MeasuredCase> cases;
  for (const Entry& entry : report.entries) {
    const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
    if (!measured || measured->verification.status == Verification::Status::failed) continue;
    cases.push_back({&entry.result, measured});
  }
  return cases;
}

std::vector<MeasuredCase> measured_cases(const Report& report, const std::string& source) {
  std::vector<MeasuredCase> cases = measured_cases(report);
  for (const MeasuredCase& one : cases) {
    const std::string fault = fault_in(one);
    if (!fault.empty()) throw BadUsage(source + ": " + one.result->key + ": " + fault);
  }
  return cases;
}

std::vector<MeasuredCase> in_turn_with(std::string_view step, std::vector<MeasuredCase> cases) {
  std::set<std::string> in_turn;
  for (const MeasuredCase& one : cases) {
    if (word_of(*one.result, "turn") == step) in_turn.insert(key_without_turn(*one.result));
  }
  std::erase_if(cases, [&](const MeasuredCase& one) {
    const auto turn = word_of(*one.result, "turn");
    return turn ? *turn != step : in_turn.contains(one.result->key);
  });
  return cases;
}

std::vector<MeasuredCase> only_in_turn_with(std::string_view step,
                                            std::vector<MeasuredCase> cases) {
  std::erase_if(cases,
                [&](const MeasuredCase& one) { return word_of(*one.result, "turn") != step; });
  return cases;
}

std::optional<std::string> word_of(const Result& result, std::string_view parameter) {
  return parameter_as<std::string>(result, parameter);
}

std::optional<std::int64_t> number_of(const Result& result, std::string_view parameter) {
  return parameter_as<std::int64_t>(result, parameter);
}

bool is_usual(const Result& result, std::string_view parameter, std::string_view usual) {
  const Value* const value = parameter_of(result, parameter);
  return value == nullptr || text_of(*value) == usual;
}

HostOfRank hosts_by_rank(const Report& report) {
  HostOfRank hosts;
  std::map<std::string, int> numbers;
  for (const Binding& binding : report.machine.bindings) {
    if (binding.rank != static_cast<int>(hosts.size())) return {};
    hosts.push_back(
        numbers.try_emplace(binding.host, static_cast<int>(numbers.size())).first->second);
  }
  return static_cast<int>(hosts.size()) == report.run.ranks ? hosts : HostOfRank{};
}

}  // namespace shortfall

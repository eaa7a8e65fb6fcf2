#include "harness/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"
#include "harness/request.hpp"

namespace shortfall {
namespace {

void add_cases(Plan& plan, const Chosen& chosen, Profile profile) {
  std::set<std::string> keys;
  const std::string& name = chosen.benchmark->name;
  for (Params& params : combinations(chosen.axes, profile)) {
    Case next{name, std::move(params)};
    if (keys.insert(next.key()).second) plan.cases.push_back(std::move(next));
  }
  if (chosen.is_changed) return;
  // By value, not by case: combinations are too many to be read.
  for (const Axis& axis : chosen.axes) {
    for (const Value& value : axis.of(Profile::full)) {
      if (std::ranges::count(axis.of(profile), value) > 0) continue;
      plan.excluded.push_back(
          {key_of(name, Params({{axis.name, value}})),
           fmt::format("not in profile {}", profile_names[static_cast<std::size_t>(profile)])});
    }
  }
}

Value value_from(const std::string& text, const std::string& axis_name,
                 const Benchmark& benchmark) {
  const auto axis = std::ranges::find(benchmark.axes, axis_name, &Axis::name);
  const auto number = parse_integer(text);
  if (axis == benchmark.axes.end()) throw Error("read the plan", "no axis '" + axis_name + "'");
  if (axis->kind == Axis::Kind::word) return text;
  if (!number) throw Error("read the plan", "'" + text + "' is no number");
  return *number;
}

Case decode_case(const std::string& key, const std::vector<Benchmark>& benchmarks) {
  const std::size_t slash = key.find('/');
  const Benchmark& benchmark = benchmark_named(key.substr(0, slash), benchmarks);
  Case decoded{benchmark.name, {}};
  if (slash == std::string::npos) return decoded;
  for (const std::string& entry : split(std::string_view(key).substr(slash + 1), ',')) {
    const std::size_t equals = entry.find('=');
    const std::string axis = entry.substr(0, equals);
    decoded.params.add(axis, value_from(entry.substr(equals + 1), axis, benchmark));
  }
  return decoded;
}

}  // namespace

Plan make_plan(const Request& request, const std::vector<Benchmark>& benchmarks) {
  Plan plan;
  for (const Chosen& chosen : choose(request, benchmarks, plan.excluded)) {
    add_cases(plan, chosen, request.profile);
  }
  return plan;
}

SizeSweep size_sweep_from(const std::string& text) {
  const auto wrong = [&](std::string_view why) {
    return BadUsage(
        fmt::format("--sizes={}: {}. It is FIRST:LAST[:FACTOR], such as 1KiB:1GiB:2", text, why));
  };
  const auto parts = split(text, ':');
  if (parts.size() != 2 && parts.size() != 3) throw wrong("not two sizes and a factor");
  const auto first = parse_size(parts[0]);
  const auto last = parse_size(parts[1]);
  const auto factor = parts.size() == 3 ? parse_integer(parts[2]) : 2;
  if (!first) throw wrong("FIRST is no size, or too large");
  if (!last) throw wrong("LAST is no size, or too large");
  if (*first < 1) throw wrong("FIRST must be at least 1 B");
  if (*last < *first) throw wrong("LAST is less than FIRST");
  if (!factor || *factor < 2 || *factor > 1024)
    throw wrong("FACTOR must be a whole number from 2 to 1024");
  return {*first, *last, static_cast<int>(*factor)};
}

Bytes memory_of(const Case& which, const Benchmark& benchmark, const HostOfRank& hosts) {
  const auto of = [&](const Operation& operation, const std::string& group) {
    const int size = largest_group(partition(group, hosts));
    return footprint(layout(operation, {0, std::max(size, 1)}));
  };
  if (benchmark.routine) {
    Bytes sum;
    for (const RoutineOperation& step : benchmark.routine(which.params).operations) {
      sum = sum + of(step.operation, step.group);
    }
    return sum;
  }
  if (!benchmark.operation) return {};
  const Operation operation = largest_operation(benchmark, which.params);
  const bool has_two_sets = is_between_ranks(operation) || is_cold(operation);  // at least
  return of(operation, which.params.text("group")) * (has_two_sets ? 2 : 1);
}

std::string encode(const Plan& plan) {
  std::string text;
  for (const Case& which : plan.cases) text += "case\t" + which.key() + "\n";
  for (const LeftOut& left : plan.excluded) text += "left\t" + left.key + "\t" + left.reason + "\n";
  return text;
}

Plan decode_plan(const std::string& text, const std::vector<Benchmark>& benchmarks) {
  Plan plan;
  for (const std::string& line : split(text, '\n')) {
    const auto fields = split(line, '\t');
    if (fields[0] == "case") plan.cases.push_back(decode_case(fields.at(1), benchmarks));
    if (fields[0] == "left") plan.excluded.push_back({fields.at(1), fields.at(2)});
  }
  return plan;
}

}  // namespace shortfall

#include "diagnosis/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/compare_cases.hpp"
#include "diagnosis/compare_mfu.hpp"

namespace shortfall {
namespace {

std::vector<std::string> names_of(const Side& side) {
  std::vector<std::string> names;
  for (const NamedReport& one : side) names.push_back(one.name);
  return names;
}

// What differs from the first report of the baseline; "" if nothing does.
std::string class_conflict(const Side& baseline, const Side& candidate) {
  const NamedReport& first = baseline.front();
  for (const Side* const side : {&baseline, &candidate}) {
    for (const NamedReport& one : *side) {
      if (one.report.run.topology_class == first.report.run.topology_class) continue;
      return fmt::format("{} is of \"{}\", {} of \"{}\"", first.name,
                         first.report.run.topology_class, one.name, one.report.run.topology_class);
    }
  }
  return "";
}

void check_sides(const Side& baseline, const Side& candidate, bool is_forced) {
  if (baseline.empty()) throw BadUsage("--baseline: names no report");
  if (candidate.empty()) throw BadUsage("--candidate: names no report");
  const std::string conflict = class_conflict(baseline, candidate);
  if (conflict.empty() || is_forced) return;
  throw BadUsage(conflict +
                 ": times of different machines tell nothing about a change. --force compares them "
                 "nevertheless");
}

void remark_on_runs(const Side& baseline, const Side& candidate, ReportComparison& into) {
  const std::string conflict = class_conflict(baseline, candidate);
  if (!conflict.empty()) into.remarks.push_back("Different machines: " + conflict + ".");
  for (const Side* const side : {&baseline, &candidate}) {
    for (const NamedReport& one : *side) {
      if (one.report.run.status == RunStatus::complete) continue;
      into.remarks.push_back(
          fmt::format("{} is of a run that did not end: {}.", one.name, one.report.run.reason));
    }
  }
}

const Shortfall& shortfall_of(const Side& side, const std::string& name) {
  const auto is_it = [&](const NamedReport& one) {
    return one.name == name && one.report.shortfall.has_value();
  };
  return *std::ranges::find_if(side, is_it)->report.shortfall;
}

void remark_on_steps(const Side& baseline, const Side& candidate, ReportComparison& into) {
  const MfuOfSide& before = into.mfu->baseline;
  const MfuOfSide& after = into.mfu->candidate;
  const FittedWorkload& was = shortfall_of(baseline, before.report).workload;
  const FittedWorkload& is = shortfall_of(candidate, after.report).workload;
  if (was.name != is.name || was.run != is.run) {
    into.remarks.push_back(fmt::format("The steps are not of the same work: {} ({}), then {} ({}).",
                                       was.name, join(was.run, ", "), is.name, join(is.run, ", ")));
  }
  if (before.is_measured != after.is_measured) {
    into.remarks.push_back(fmt::format("The step of {} was measured, that of {} predicted alone.",
                                       before.is_measured ? before.report : after.report,
                                       before.is_measured ? after.report : before.report));
  }
}

}  // namespace

ReportComparison compared(const Side& baseline, const Side& candidate, double floor,
                          bool is_forced) {
  check_sides(baseline, candidate, is_forced);
  ReportComparison comparison;
  comparison.baseline = names_of(baseline);
  comparison.candidate = names_of(candidate);
  comparison.floor = floor;
  comparison.mfu = compared_mfu(baseline, candidate);
  comparison.is_mfu_one_sided = tells_mfu(baseline) != tells_mfu(candidate);
  remark_on_runs(baseline, candidate, comparison);
  if (comparison.mfu) remark_on_steps(baseline, candidate, comparison);
  if (comparison.is_mfu_one_sided) {
    comparison.remarks.push_back(
        fmt::format("Of the {} alone a shortfall is known: cases are compared, MFU is not.",
                    tells_mfu(baseline) ? "baseline" : "candidate"));
  }
  compare_cases(baseline, candidate, comparison);
  return comparison;
}

std::size_t count_of(const ReportComparison& comparison, Change change) {
  return static_cast<std::size_t>(
      std::ranges::count(comparison.cases, change, &ComparedCase::change));
}

int exit_status(const ReportComparison& comparison, bool is_strict) {
  constexpr int pass = 0, fail = 2, unknown = 3;
  const auto became_wrong = [](const OneSidedCase& one) {
    return one.is_of_baseline && one.is_wrong;
  };
  if (count_of(comparison, Change::slower) > 0) return fail;
  if (std::ranges::any_of(comparison.one_sided, became_wrong)) return fail;
  const bool is_clear = comparison.one_sided.empty() && !comparison.is_mfu_one_sided &&
                        count_of(comparison, Change::unclear) == 0;
  return is_clear || !is_strict ? pass : unknown;
}

}  // namespace shortfall

#include "diagnosis/compare_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/overloaded.hpp"

namespace shortfall {
namespace {

// What one side knows of a case.
struct Known {
  std::vector<const Measured*> times;  // with right data, a report each
  bool is_wrong = false;
  std::string why_not;  // of the last report that has no time
};

void learn(Known& known, const Result& result) {
  std::visit(Overloaded{[&](const Measured& measured) {
                          if (measured.verification.status != Verification::Status::failed) {
                            known.times.push_back(&measured);
                          } else {
                            known.is_wrong = true;
                            known.why_not = "its data were wrong";
                          }
                        },
                        [&](const Skipped& skipped) { known.why_not = skipped.reason; },
                        [&](const Failed& failed) {
                          known.why_not = fmt::format("failed on rank {} of {}: {}", failed.rank,
                                                      failed.host, failed.reason);
                        }},
             result.outcome);
}

struct KnownCases {
  std::vector<std::string> order;  // each key once
  std::map<std::string, Known> by_key;
};

KnownCases cases_of(const Side& side) {
  KnownCases cases;
  for (const NamedReport& one : side) {
    for (const Entry& entry : one.report.entries) {
      const auto [at, is_new] = cases.by_key.try_emplace(entry.result.key);
      if (is_new) cases.order.push_back(entry.result.key);
      learn(at->second, entry.result);
    }
  }
  return cases;
}

SideTime of_summary(const Summary& all) {
  return {all.n, all.median, {all.min, all.max}, all.ci95};
}

SideTime time_of(const std::vector<const Measured*>& reports) {
  if (reports.size() == 1) return of_summary(reports.front()->timing.of_primary());
  std::vector<Seconds> medians;
  medians.reserve(reports.size());
  for (const Measured* one : reports) medians.push_back(one->timing.of_primary().median);
  SideTime time = of_summary(summarize(medians));
  if (medians.size() % 2 == 0) {  // nearest rank would take the faster of the two in the middle
    std::ranges::sort(medians);
    const std::size_t middle = medians.size() / 2;
    time.median = (medians[middle - 1] + medians[middle]) / 2;
  }
  return time;
}

bool are_apart(const Interval& one, const Interval& other) {
  return one.high < other.low || other.high < one.low;
}

// Whether all of `a` values before all of `b` others is rarer than 1 in 20 if all come from the
// same distribution: of the (a + b over a) orders of two kinds, which are equally likely, one.
bool is_rare_by_chance(std::size_t a, std::size_t b) {
  constexpr double orders_wanted = 20;
  double orders = 1;
  for (std::size_t i = 1; i <= std::min(a, b) && orders < orders_wanted; ++i) {
    orders *= static_cast<double>(std::max(a, b) + i) / static_cast<double>(i);
  }
  return orders >= orders_wanted;
}

bool are_told_apart(const SideTime& a, const SideTime& b) {
  if (a.ci95 && b.ci95) return are_apart(*a.ci95, *b.ci95);
  return are_apart(a.range, b.range) && is_rare_by_chance(a.n, b.n);
}

// Wrong data in one of several reports are as bad as in all of them.
void add_one_sided(const KnownCases& of, const KnownCases& other, bool is_of_baseline,
                   ReportComparison& into) {
  for (const std::string& key : of.order) {
    const Known& here = of.by_key.at(key);
    if (here.times.empty()) continue;
    const auto found = other.by_key.find(key);
    if (found == other.by_key.end()) {
      into.one_sided.push_back({key, is_of_baseline, false, "it was not tried"});
      continue;
    }
    const Known& there = found->second;
    if (there.times.empty() || (there.is_wrong && !here.is_wrong)) {
      into.one_sided.push_back({key, is_of_baseline, there.is_wrong, there.why_not});
    }
  }
}

}  // namespace

Change change_of(const SideTime& baseline, const SideTime& candidate, double floor) {
  const bool is_timed = baseline.median.value > 0 && candidate.median.value > 0;
  if (!is_timed) return Change::unclear;
  const double ratio = candidate.median / baseline.median;
  if (ratio <= 1 + floor && ratio >= 1 / (1 + floor)) return Change::same;
  if (!are_told_apart(baseline, candidate)) return Change::unclear;
  return ratio > 1 ? Change::slower : Change::faster;
}

void compare_cases(const Side& baseline, const Side& candidate, ReportComparison& into) {
  const KnownCases before = cases_of(baseline), after = cases_of(candidate);
  for (const std::string& key : before.order) {
    const auto& times = before.by_key.at(key).times;
    const auto found = after.by_key.find(key);
    if (times.empty() || found == after.by_key.end() || found->second.times.empty()) continue;
    ComparedCase one{key, time_of(times), time_of(found->second.times)};
    if (one.baseline.median.value > 0) one.ratio = one.candidate.median / one.baseline.median;
    one.change = change_of(one.baseline, one.candidate, into.floor);
    into.cases.push_back(std::move(one));
  }
  add_one_sided(before, after, true, into);
  add_one_sided(after, before, false, into);
}

}  // namespace shortfall

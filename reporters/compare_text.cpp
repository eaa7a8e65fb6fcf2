#include "reporters/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/prediction_text.hpp"
#include "reporters/shortfall_losses_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100, indent = 12, longest_label = 46, longest_key = 56;
constexpr std::size_t most_shown = 20;  // of what is neither slower nor faster

std::string count_text(std::size_t count, std::string_view what) {
  return counted(static_cast<std::int64_t>(count), what);
}

std::string side_text(const std::vector<std::string>& names) {
  return names.size() == 1
             ? names.front()
             : fmt::format("{}: {}", count_text(names.size(), "report"), join(names, ", "));
}

double percent(std::int64_t share_ppt) { return static_cast<double>(share_ppt) / 1e10; }

std::string step_of(const MfuOfSide& side) {
  return fmt::format("{} {}", step_text(side.step), side.is_measured ? "measured" : "predicted");
}

// Which of several reports stand for their sides.
std::string chosen_text(const ReportComparison& comparison) {
  std::vector<std::string> chosen;
  if (comparison.baseline.size() > 1) chosen.push_back(comparison.mfu->baseline.report);
  if (comparison.candidate.size() > 1) chosen.push_back(comparison.mfu->candidate.report);
  if (chosen.empty()) return "";
  return "Median step of its side, by whose rows MFU is compared: " + join(chosen, " and ") + ".";
}

void write_term(std::ostream& out, const MfuTerm& term) {
  out << fmt::format("  {:<46} {:>+8.2f} {:>9.2f} % ->{:>7.2f} %\n",
                     shortened(term.label, longest_label), 100 * term.change,
                     percent(term.baseline_ppt), percent(term.candidate_ppt));
  if (term.culprit && term.change < 0) {
    out << wrapped(fmt::format("{}: {}", whom_text(*term.culprit), term.culprit->reason), width, 6);
  }
}

void write_mfu(std::ostream& out, const ReportComparison& comparison) {
  constexpr double least = 5e-5;
  const MfuComparison& mfu = *comparison.mfu;
  const double change = mfu.candidate.mfu - mfu.baseline.mfu;
  out << '\n'
      << wrapped(fmt::format("MFU {} -> {}: {:+.2f} points; a step of {}, then of {}",
                             percent_text(mfu.baseline.mfu), percent_text(mfu.candidate.mfu),
                             100 * change, step_of(mfu.baseline), step_of(mfu.candidate)),
                 width, 0)
      << wrapped(chosen_text(comparison), width, 0)
      << fmt::format("  {:<46} {:>8} {:>23}\n", "cause", "points", "share of the step");
  std::size_t small = 0;
  for (const MfuTerm& term : mfu.terms) {
    if (std::abs(term.change) >= least) {
      write_term(out, term);
    } else {
      ++small;
    }
  }
  out << fmt::format("  {:<46} {:>+8.2f}\n", "all together", 100 * change);
  if (small > 0) {
    out << fmt::format("  {} of less than 0.005 points {} not shown\n", count_text(small, "cause"),
                       small == 1 ? "is" : "are");
  }
}

void write_cases(std::ostream& out, const ReportComparison& comparison, Change change,
                 std::size_t most) {
  std::vector<const ComparedCase*> all;
  for (const ComparedCase& one : comparison.cases) {
    if (one.change == change) all.push_back(&one);
  }
  std::ranges::stable_sort(all, std::greater(), [](const ComparedCase* one) {
    return std::abs(std::log(one->ratio > 0 ? one->ratio : 1));
  });
  for (std::size_t i = 0; i < std::min(most, all.size()); ++i) {
    const ComparedCase& one = *all[i];
    const std::string_view word = change_words[static_cast<std::size_t>(change)];
    out << fmt::format("  {:<8} {:>5.2f} x {:>9} -> {:<9} {}\n", word, one.ratio,
                       scaled(one.baseline.median.value, "s"),
                       scaled(one.candidate.median.value, "s"), shortened(one.key, longest_key));
  }
  if (all.size() > most) out << fmt::format("  and {} others (--json)\n", all.size() - most);
}

void write_one_sided(std::ostream& out, const ReportComparison& comparison, bool is_of_baseline) {
  std::vector<const OneSidedCase*> all;
  for (const OneSidedCase& one : comparison.one_sided) {
    if (one.is_of_baseline == is_of_baseline) all.push_back(&one);
  }
  if (all.empty()) return;
  std::ranges::stable_partition(all, &OneSidedCase::is_wrong);  // a failure: must be seen
  out << fmt::format("\nonly in the {}\n", is_of_baseline ? "baseline" : "candidate");
  for (std::size_t i = 0; i < std::min(most_shown, all.size()); ++i) {
    out << wrapped(all[i]->key + ": " + all[i]->reason, width, 2);
  }
  if (all.size() > most_shown) {
    out << fmt::format("  and {} others (--json)\n", all.size() - most_shown);
  }
}

std::string verdict_text(const ReportComparison& comparison) {
  std::string text =
      fmt::format("{} of both sides: {} slower, {} faster by more than {:g} %, {} unclear",
                  count_text(comparison.cases.size(), "case"), count_of(comparison, Change::slower),
                  count_of(comparison, Change::faster), 100 * comparison.floor,
                  count_of(comparison, Change::unclear));
  const auto wrong = std::ranges::count_if(comparison.one_sided, [](const OneSidedCase& one) {
    return one.is_of_baseline && one.is_wrong;
  });
  if (wrong > 0) text += fmt::format(", {} with data that became wrong", wrong);
  return text;
}

}  // namespace

void write_comparison(std::ostream& out, const ReportComparison& comparison) {
  out << item("baseline", side_text(comparison.baseline), width, indent)
      << item("candidate", side_text(comparison.candidate), width, indent);
  for (const std::string& remark : comparison.remarks) out << item("note", remark, width, indent);
  if (comparison.mfu) write_mfu(out, comparison);
  out << '\n';
  write_cases(out, comparison, Change::slower, comparison.cases.size());
  write_cases(out, comparison, Change::faster, comparison.cases.size());
  write_cases(out, comparison, Change::unclear, most_shown);
  write_one_sided(out, comparison, true);
  write_one_sided(out, comparison, false);
  out << '\n' << wrapped("verdict: " + verdict_text(comparison), width, 0);
}

}  // namespace shortfall

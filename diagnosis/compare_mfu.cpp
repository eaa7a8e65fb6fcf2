#include "diagnosis/compare_mfu.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace shortfall {
namespace {

constexpr double whole_step = 1e12;  // in shares
constexpr std::string_view delivered = "delivered";

bool is_delivered(const ShortfallRow& row) { return row.id == delivered; }

double delivered_share(const std::vector<ShortfallRow>& rows) {
  double share = 0;
  for (const ShortfallRow& row : rows) {
    if (is_delivered(row)) share += static_cast<double>(row.share_ppt) / whole_step;
  }
  return share;
}

// Rows of one id are one term.
MfuTerm& term_of(std::vector<MfuTerm>& terms, const ShortfallRow& row) {
  const auto found = std::ranges::find(terms, row.id, &MfuTerm::id);
  if (found != terms.end()) return *found;
  MfuTerm term;
  term.id = row.id;
  term.label = row.label;
  return terms.emplace_back(std::move(term));
}

Seconds step_of(const Shortfall& shortfall) {
  return shortfall.measured_step.value_or(shortfall.predicted_step);
}

bool has_mfu(const NamedReport& one) {
  return one.report.shortfall && std::ranges::any_of(one.report.shortfall->waterfall, is_delivered);
}

// The report whose step is the median one: measured steps before predicted ones, and of an even
// number the faster one of the two in the middle.
const NamedReport& median_report(const Side& side) {
  std::vector<const NamedReport*> all;
  for (const NamedReport& one : side) {
    if (has_mfu(one)) all.push_back(&one);
  }
  const auto is_measured = [](const NamedReport* one) {
    return one->report.shortfall->measured_step.has_value();
  };
  if (std::ranges::any_of(all, is_measured)) std::erase_if(all, std::not_fn(is_measured));
  std::ranges::stable_sort(all, {},
                           [](const NamedReport* one) { return step_of(*one->report.shortfall); });
  return *all[(all.size() - 1) / 2];
}

MfuOfSide mfu_of(const NamedReport& one) {
  const Shortfall& shortfall = *one.report.shortfall;
  return {one.name, step_of(shortfall), shortfall.measured_step.has_value(),
          delivered_share(shortfall.waterfall)};
}

}  // namespace

std::vector<MfuTerm> mfu_terms(const std::vector<ShortfallRow>& baseline,
                               const std::vector<ShortfallRow>& candidate) {
  std::vector<MfuTerm> terms;
  for (const ShortfallRow& row : baseline) {
    if (!is_delivered(row)) term_of(terms, row).baseline_ppt += row.share_ppt;
  }
  for (const ShortfallRow& row : candidate) {
    if (is_delivered(row)) continue;
    MfuTerm& term = term_of(terms, row);
    term.candidate_ppt += row.share_ppt;
    if (row.culprit) term.culprit = row.culprit;
  }
  const double before = delivered_share(baseline), after = delivered_share(candidate);
  for (MfuTerm& term : terms) {
    term.change = (after * static_cast<double>(term.baseline_ppt) -
                   before * static_cast<double>(term.candidate_ppt)) /
                  whole_step;
  }
  std::ranges::stable_sort(terms, std::greater(),
                           [](const MfuTerm& term) { return std::abs(term.change); });
  return terms;
}

bool tells_mfu(const Side& side) { return std::ranges::any_of(side, has_mfu); }

std::optional<MfuComparison> compared_mfu(const Side& baseline, const Side& candidate) {
  if (!tells_mfu(baseline) || !tells_mfu(candidate)) return std::nullopt;
  const NamedReport& before = median_report(baseline);
  const NamedReport& after = median_report(candidate);
  return MfuComparison{
      mfu_of(before), mfu_of(after),
      mfu_terms(before.report.shortfall->waterfall, after.report.shortfall->waterfall)};
}

}  // namespace shortfall

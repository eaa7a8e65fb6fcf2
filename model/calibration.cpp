#include "model/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace shortfall {
namespace {

constexpr std::size_t one_in = 3;

using Measured = std::vector<ComparedRun>;

struct Parts {
  Measured fitted_to, judged;
};

Parts parts_of(const Measured& runs) {
  Parts parts;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    (i % one_in == 0 ? parts.fitted_to : parts.judged).push_back(runs[i]);
  }
  return parts;
}

double factor_of(const Measured& runs) {
  std::vector<double> ratios;
  for (const ComparedRun& run : runs) ratios.push_back(*run.measured / run.predicted);
  return best_factor(std::move(ratios));
}

void judge(SourceErrors& errors, const Measured& runs) {
  errors.rows = static_cast<std::int64_t>(runs.size());
  if (runs.empty()) return;
  double absolute = 0;
  double signed_sum = 0;
  for (const ComparedRun& run : runs) {
    const double error = relative_error(run.predicted * errors.factor.value_or(1), *run.measured);
    absolute += std::abs(error);
    signed_sum += error;
  }
  const auto n = static_cast<double>(runs.size());
  errors.mape = absolute / n;
  errors.bias = signed_sum / n;
}

SourceErrors errors_of(const std::string& source, const Measured& runs, Calibration calibration) {
  SourceErrors errors{.source = source};
  if (calibration == Calibration::none || runs.empty()) {
    judge(errors, runs);
    return errors;
  }
  const Parts parts = parts_of(runs);
  errors.factor = factor_of(parts.fitted_to);
  judge(errors, parts.judged);
  return errors;
}

}  // namespace

std::string source_key(std::string_view id) { return std::string(id.substr(0, id.find('-'))); }

double relative_error(Seconds predicted, Seconds measured) { return predicted / measured - 1; }

// The mean is a sum of |f / ratio - 1|, bent at each ratio, where its slope grows by 2 / ratio: it
// is least where the weights 1 / ratio below and above are equal, at their median.
double best_factor(std::vector<double> ratios) {
  std::ranges::sort(ratios);
  double all = 0;
  for (const double ratio : ratios) all += 1 / ratio;
  double below = 0;
  for (std::size_t i = 0; i + 1 < ratios.size(); ++i) {
    below += 1 / ratios[i];
    if (2 * below == all) return (ratios[i] + ratios[i + 1]) / 2;
    if (2 * below > all) return ratios[i];
  }
  return ratios.back();
}

std::vector<SourceErrors> errors_by_source(const std::vector<ComparedRun>& runs,
                                           Calibration calibration) {
  std::vector<std::string> order;
  std::map<std::string, Measured> measured;
  for (const ComparedRun& run : runs) {
    const auto [place, is_new] = measured.try_emplace(run.source);
    if (is_new) order.push_back(run.source);
    if (run.measured) place->second.push_back(run);
  }
  std::vector<SourceErrors> all;
  for (const std::string& source : order) {
    all.push_back(errors_of(source, measured[source], calibration));
  }
  return all;
}

}  // namespace shortfall

#include "model/limits/scaling.hpp"

#include <algorithm>
#include <cmath>

#include "model/limits/rounding.hpp"

namespace shortfall {
namespace {

double batch_tokens(const TrainedModel& model, BatchRule rule, const Assumptions& assumed) {
  const auto experts = static_cast<double>(model.experts);
  const double flop = model.training().value;
  const BatchLaw& law = assumed.batch;
  const DirectBatchLaw& optimistic = assumed.optimistic_batch;
  const double more_experts = std::pow(experts, law.experts_exponent);
  switch (rule) {
    case BatchRule::critical:
      return more_experts * std::pow(flop / law.start_flop, law.exponent) * law.at_start;
    case BatchRule::optimistic:
      return more_experts * optimistic.factor * std::pow(flop, optimistic.exponent);
    case BatchRule::fixed:
      break;
  }
  return law.at_start;
}

}  // namespace

long double TrainedModel::parameters() const {
  return 2.0L * static_cast<long double>(d_model) * static_cast<long double>(d_ff) *
         static_cast<long double>(layers) * static_cast<long double>(experts);
}

long double TrainedModel::tokens() const { return tokens_per_parameter * parameters(); }

Flops TrainedModel::training() const {
  return {static_cast<double>(6 * parameters() * tokens() / static_cast<long double>(experts))};
}

TrainedModel model_of_width(std::int64_t d_model, std::int64_t d_ff, Sparsity sparsity,
                            const Assumptions& assumed) {
  const double area = static_cast<double>(d_model) * static_cast<double>(d_ff);
  const double width = assumed.experts_width;
  TrainedModel model{
      .d_model = d_model, .d_ff = d_ff, .tokens_per_parameter = assumed.tokens_per_parameter};
  model.layers = nearest_nice(assumed.layers_factor * std::pow(area, assumed.layers_exponent),
                              assumed.significands);
  if (sparsity == Sparsity::sparse) {
    model.experts = nearest_nice(
        assumed.experts_factor * std::sqrt(area / (assumed.experts_ratio * width * width)),
        assumed.significands);
  }
  return model;
}

std::int64_t batch_sequences(const TrainedModel& model, BatchRule rule,
                             const Assumptions& assumed) {
  const double sequences =
      batch_tokens(model, rule, assumed) / static_cast<double>(assumed.sequence);
  return model.experts *
         nearest_nice(sequences / static_cast<double>(model.experts), assumed.significands);
}

std::vector<std::int64_t> swept_widths() {
  constexpr std::int64_t narrowest = 12288, widest = narrowest * 128;
  std::vector<std::int64_t> widths;
  for (std::int64_t odd = 1; odd < 16; odd += 2) {
    for (int power = 11; power <= 21; ++power) {
      const std::int64_t width = odd << power;
      if (width >= narrowest && width <= widest) widths.push_back(width);
    }
  }
  std::ranges::sort(widths);
  return widths;
}

}  // namespace shortfall

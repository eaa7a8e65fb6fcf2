// The keys of `shortfall`, for fields.hpp.
#pragma once

#include <numeric>

#include "core/marks.hpp"
#include "report/shortfall.hpp"

namespace shortfall {

inline constexpr std::int64_t whole_step_ppt = 1'000'000'000'000;  // shares are parts of it

inline std::int64_t sum_of_shares(const std::vector<ShortfallRow>& rows) {
  const auto add = [](std::int64_t sum, const ShortfallRow& row) { return sum + row.share_ppt; };
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0}, add);
}

// Marks values by name whose sum stands beside them, as "sum", and is not read.
template <class T>
struct WithSum {
  T& values;
};
template <class T>
WithSum<T> with_sum(T& values) {
  return {values};
}

void fields(auto& each, Is<Culprit> auto& culprit) {
  each("rank", culprit.rank);
  each("host", or_null(culprit.host));
  each("device", or_null(culprit.device));
  each("link", or_null(culprit.link));
  each("reason", culprit.reason);
  each("mfu_without", culprit.mfu_without);
}

void fields(auto& each, Is<ShortfallRow> auto& row) {
  each("id", row.id);
  each("label", row.label);
  each("delta_s", row.delta);
  each("share_ppt", row.share_ppt);
  each("source", row.source);
  each("culprit", row.culprit);
}

void fields(auto& each, Is<FittedWorkload> auto& workload) {
  each("name", workload.name);
  each("model", workload.model);
  each("run", workload.run);
  each("factor", workload.factor);
  each("changes", workload.changes);
}

void fields(auto& each, Is<ShortfallMfu> auto& mfu) {
  each("causal", mfu.causal);
  each("full", mfu.full);
  each("palm", mfu.palm);
  each("hardware", mfu.hardware);
  each("peak_used", mfu.peak_used);
}

void fields(auto& each, Is<ShortfallWhatIf> auto& one) {
  each("id", one.id);
  each("change", one.change);
  each("step_s", one.step);
  each("faster", one.faster);
  each("mfu_causal", one.causal_mfu);
}

void fields(auto& each, Is<StepPartTime> auto& part) {
  each("phase", part.phase);
  each("part", part.part);
  each("predicted_s", part.predicted);
  each("measured_s", part.measured);
}

void fields(auto& each, Is<Simultaneity> auto& one) {
  each("what", one.what);
  each("alone_s", one.alone);
  each("together_s", one.together);
}

void fields(auto& each, Is<DecodedToken> auto& decode) {
  each("batch", decode.batch);
  each("context", decode.context);
  each("predicted_token_s", decode.predicted);
  each("measured_token_s", decode.measured);
}

void add_waterfall(auto& each, auto& rows) {
  each("waterfall", rows);
  each.later("sum_check_ppt", sum_of_shares(rows) - whole_step_ppt);
}

void fields(auto& each, Is<AtScale> auto& at_scale) {
  each("gpus", at_scale.gpus);
  each("step_s", at_scale.step);
  each("mfu_causal", at_scale.causal_mfu);
  add_waterfall(each, at_scale.waterfall);
  each("extrapolated", at_scale.extrapolated);
}

void fields(auto& each, Is<Shortfall> auto& shortfall) {
  each("workload", shortfall.workload);
  each("datasheet_flop_per_s", shortfall.datasheet);
  each("delivered_flop_per_s", shortfall.delivered);
  each("mfu", shortfall.mfu);
  add_waterfall(each, shortfall.waterfall);
  each("elasticity", with_sum(shortfall.elasticity));
  each("what_if", shortfall.what_if);
  each("predicted_step_s", shortfall.predicted_step);
  each("first_predicted_step_s", shortfall.first_predicted_step);
  each("measured_step_s", shortfall.measured_step);
  each("parts", shortfall.parts);
  each("simultaneity", shortfall.simultaneity);
  each("decode", shortfall.decode);
  each("at_scale", shortfall.at_scale);
  each("extrapolated", shortfall.extrapolated);
  each("assumed", shortfall.assumed);
  each("sources", shortfall.sources);
}

}  // namespace shortfall

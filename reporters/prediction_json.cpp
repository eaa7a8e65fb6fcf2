#include "reporters/prediction_json.hpp"

#include "core/json.hpp"
#include "reporters/operation_text.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t whole_step = 1'000'000'000'000;  // shares are parts of it

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json of(const Mfu& mfu) {
  return {{"causal", mfu.causal},     {"full", mfu.full},
          {"palm", mfu.palm},         {"hardware", mfu.hardware},
          {"weighted", mfu.weighted}, {"peak_used", mfu.peak_used.value}};
}

Json of(const WaterfallRow& row) {
  return {{"id", row.id},           {"label", row.label},          {"delta_s", row.delta.value},
          {"share_ppt", row.share}, {"source", origin_of(row.id)}, {"culprit", nullptr}};
}

Json of(const WhatIf& one) {
  return {{"id", one.id},         {"change", one.change},         {"step_s", one.step.value},
          {"faster", one.faster}, {"mfu_causal", one.causal_mfu}, {"fits_memory", one.fits_memory}};
}

Json of(const Request& request) {
  return {{"operation", text_of(request.operation)},
          {"axis", name_of(request.axis)},
          {"group", request.group},
          {"weight", request.weight}};
}

template <class Values>
Json list_of(const Values& values) {
  Json all = Json::array();
  for (const auto& value : values) all.push_back(of(value));
  return all;
}

Json elasticity_of(const RunPrediction& prediction) {
  Json all = Json::object();
  double sum = 0;
  for (const Elasticity& one : prediction.elasticity) {
    all[std::string(name_of(one.resource))] = one.value;
    sum += one.value;
  }
  all["sum"] = sum;
  return all;
}

std::int64_t sum_of_shares(const RunPrediction& prediction) {
  std::int64_t sum = 0;
  for (const WaterfallRow& row : prediction.waterfall) sum += row.share;
  return sum;
}

Json of(const RunAnswer& run) {
  const RunPrediction& prediction = run.prediction;
  Json row = {{"id", run.id},
              {"source_key", run.source},
              {"gpus", run.gpus},
              {"step_s", prediction.step.value},
              {"reported_step_s", run.measured ? Json(run.measured->value) : Json(nullptr)},
              {"error", or_null(run.error())},
              {"mfu", of(prediction.mfu)},
              {"waterfall", list_of(prediction.waterfall)},
              {"sum_check_ppt", sum_of_shares(prediction) - whole_step},
              {"elasticity", elasticity_of(prediction)}};
  if (run.detail) {
    row["system"] = run.detail->system;
    row["what_if"] = list_of(run.detail->what_if);
    row["requests"] = list_of(run.detail->requests);
  }
  if (run.goodput) {
    const double left = 1 - run.goodput->lost;
    row["goodput"] = {{"lost_share", run.goodput->lost},
                      {"between_checkpoints_s", run.goodput->between_checkpoints.value},
                      {"mfu_causal_after_failures", prediction.mfu.causal * left}};
  }
  row["extrapolated"] = Json::array();  // nothing was measured whose range could be left
  row["assumed"] = run.assumed;
  return row;
}

Json by_source(const Answers& answers) {
  Json all = Json::object();
  for (const SourceErrors& one : answers.sources) {
    all[one.source] = {{"n", one.rows},
                       {"mape", or_null(one.mape)},
                       {"bias", or_null(one.bias)},
                       {"stack_factor", one.factor.value_or(1)}};
  }
  return all;
}

}  // namespace

std::string json_of(const Answers& answers) {
  Json rows = Json::array();
  Json others = Json::array();
  for (const RunAnswer& run : answers.runs) {
    if (run.is_predicted()) {
      rows.push_back(of(run));
    } else {
      others.push_back({{"id", run.id}, {"reason", run.why_not}, {"is_faulty", run.is_faulty}});
    }
  }
  const Json document = {{"rows", std::move(rows)},
                         {"by_source", by_source(answers)},
                         {"not_predicted", std::move(others)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace shortfall

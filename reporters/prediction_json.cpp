#include "reporters/prediction_json.hpp"

#include "core/json.hpp"
#include "reporters/operation_text.hpp"
#include "reporters/prediction_parts_json.hpp"

namespace shortfall {
namespace {

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json of(const WhatIf& one) {
  return {{"id", one.id},         {"change", one.change},         {"step_s", one.step.value},
          {"faster", one.faster}, {"mfu_causal", one.causal_mfu}, {"fits_memory", one.fits_memory}};
}

Json of(const MeasurementRequest& request) {
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

Json of(const RunAnswer& run) {
  const RunPrediction& prediction = run.prediction;
  Json row = {{"id", run.id},
              {"source_key", run.source},
              {"gpus", run.gpus},
              {"step_s", prediction.step.value},
              {"reported_step_s", run.measured ? Json(run.measured->value) : Json(nullptr)},
              {"error", or_null(run.error())},
              {"mfu", json_of(prediction.mfu)}};
  add_account(row, prediction);
  if (run.detail) {
    row["system"] = run.detail->system;
    row["sources"] = run.detail->sources;
    row["what_if"] = list_of(run.detail->what_if);
    row["requests"] = list_of(run.detail->requests);
  }
  if (run.goodput) {
    const double left = 1 - run.goodput->lost;
    row["goodput"] = {{"lost_share", run.goodput->lost},
                      {"between_checkpoints_s", run.goodput->between_checkpoints.value},
                      {"mfu_causal_after_failures", prediction.mfu.causal * left}};
  }
  row["extrapolated"] = run.extrapolated;
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

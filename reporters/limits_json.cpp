#include "reporters/limits_json.hpp"

#include <cmath>

#include "core/json.hpp"

namespace shortfall {
namespace {

// JSON has no infinity.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json of(const SectionCheck& one) {
  return {{"section", one.name},
          {"entries", one.entries},
          {"values", one.values},
          {"largest_relative_error", number_or_null(one.largest_error)},
          {"largest_at", one.largest_at.empty() ? Json(nullptr) : Json(one.largest_at)},
          {"off", one.off},
          {"mismatches", one.mismatches},
          {"examples", one.examples}};
}

Json or_null(const std::optional<double>& value) {
  return value ? number_or_null(*value) : Json(nullptr);
}

Json or_null(const std::optional<Flops>& flop) {
  return flop ? number_or_null(flop->value) : Json(nullptr);
}

Json of(const Accelerator& gpu) {
  Json network = Json::array();
  for (std::size_t level = 0; level < gpu.network.size(); ++level) {
    network.push_back(
        {{"bidirectional_bytes_per_s", number_or_null(gpu.network[level].both_ways.value)},
         {"latency_s", gpu.network[level].latency.value},
         {"group", level < gpu.fan_out.size() ? Json(gpu.fan_out[level]) : Json(nullptr)}});
  }
  return {{"name", gpu.name},
          {"peak_flop_per_s", gpu.peak().value},
          {"sustained_flop_per_s", gpu.sustained().value},
          {"memory_bytes_per_s", gpu.memory_rate.value},
          {"memory_bytes", gpu.memory.value},
          {"product_latency_s", gpu.product_latency.value},
          {"network", network}};
}

Json of(const Variant& one) {
  return {{"name", one.name},
          {"linear_scaling_end_flop", or_null(one.linear_end)},
          {"smoothed_end_flop", or_null(one.smoothed_end)},
          {"last_feasible_flop", or_null(one.last_feasible)},
          {"sweep_is_complete", one.frontier.is_complete},
          {"closed_form_linear_end_flop", or_null(one.bandwidth_form)},
          {"closed_form_latency_wall_flop", or_null(one.latency_form)}};
}

Json points_of(const LimitsStudy& study) {
  Json points = Json::array();
  for (std::size_t i = 0; i < study.base.frontier.points.size(); ++i) {
    const FrontierPoint& point = study.base.frontier.points[i];
    const Division& division = point.solution.division;
    const Taken taken = taken_at(study, i);
    points.push_back({{"training_flop", point.training().value},
                      {"d_model", point.run.model.d_model},
                      {"gpus", division.gpus()},
                      {"utilization", point.utilization()},
                      {"duration_s", point.solution.duration.value},
                      {"tensor_parallel", ways(division.widths.model) * ways(division.widths.ff)},
                      {"pipeline_parallel", ways(division.stages)},
                      {"data_parallel", ways(division.data)},
                      {"taken_by_bandwidth", or_null(taken.bandwidth)},
                      {"taken_by_latency", or_null(taken.latency)},
                      {"taken_by_batch", or_null(taken.batch)},
                      {"bent_by", bent_by(taken)}});
  }
  return points;
}

// Keys and names may come from a file that is no UTF-8.
std::string text_of(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string json_of(const ReferenceCheck& check) {
  Json sections = Json::array();
  for (const SectionCheck& one : check.sections) sections.push_back(of(one));
  return text_of({{"tolerance", reference_tolerance},
                  {"holds", check.holds()},
                  {"sections", sections},
                  {"remarks", check.remarks}});
}

std::string json_of(const LimitsStudy& study, const std::vector<std::string>& sources) {
  Json changes = Json::array();
  for (const Variant& one : study.changes) changes.push_back(of(one));
  return text_of({{"gpu", of(study.gpu)},
                  {"sources", sources},
                  {"duration_s", study.duration.value},
                  {"linear_threshold", study.threshold},
                  {"per_product_s", study.per_product.value},
                  {"limits", of(study.base)},
                  {"without_bandwidth_limit", of(study.no_bandwidth_limit)},
                  {"without_latency", of(study.no_latency)},
                  {"with_larger_batch", of(study.larger_batch)},
                  {"what_if", changes},
                  {"points", points_of(study)}});
}

}  // namespace shortfall

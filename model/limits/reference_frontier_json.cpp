#include <algorithm>
#include <optional>

#include "model/limits/comparison_json.hpp"
#include "model/limits/frontier.hpp"
#include "model/limits/reference_sections_json.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t largest_width = std::int64_t{1} << 30;

Sparsity sparsity_from(const Node& setting) {
  const std::string& text = setting.text();
  if (text.ends_with("_sparse")) return Sparsity::sparse;
  if (text.ends_with("_dense") || text == "batch") return Sparsity::dense;
  setting.reject("..._dense, ..._sparse or batch");
}

BatchRule batch_rule_from(const Node& entry) {
  if (entry["setting"].text() != "batch") return BatchRule::critical;
  const std::string& rule = entry["identifier"].text();
  if (rule == "No scaling") return BatchRule::fixed;
  if (rule == "Default scaling") return BatchRule::critical;
  if (rule == "DeepSeek scaling") return BatchRule::optimistic;
  entry["identifier"].reject("No scaling, Default scaling or DeepSeek scaling");
}

Scenario scenario_from(const Node& entry, const ReferenceInputs& inputs) {
  return {gpu_from(entry["gpu"], inputs), sparsity_from(entry["setting"]), batch_rule_from(entry)};
}

void compare_ways(const Comparison& compare, const Division& division, std::size_t levels) {
  const auto total = [&](std::string_view key, std::int64_t count) {
    compare.same(key, static_cast<long double>(count));
  };
  const WidthSplit& widths = division.widths;
  total("n_gpu", division.gpus());
  total("TP_model", ways(widths.model));
  total("TP_ff", ways(widths.ff));
  total("TP", ways(widths.model) * ways(widths.ff));
  total("PP", ways(division.stages));
  total("DP", ways(division.data));
  total("EP", ways(division.experts));
  total("interleave_v", division.interleave);
  total("microbatches", division.micro_batches);
  compare.same("DP_tup", division.data, levels);
  compare.same("TP_model_tup", widths.model, levels);
  compare.same("TP_ff_tup", widths.ff, levels);
  compare.same("PP_tup", division.stages, levels);
  compare.same("EP_tup", division.experts, levels);
}

void compare_row(const Comparison& compare, const FrontierPoint& point, std::size_t levels,
                 const Assumptions& assumed) {
  const TrainedModel& model = point.run.model;
  const StepTime& time = point.solution.time;
  const double steps = point.run.steps();
  compare.same("params_total", model.parameters());
  compare.same("layers", static_cast<long double>(model.layers));
  compare.same("sparsity", static_cast<long double>(model.experts));
  compare.same("batch_tokens", static_cast<long double>(point.run.batch_tokens()));
  compare.close("compute_flop", model.training());
  compare.close("months", point.solution.duration / assumed.month());
  compare.close("utilization", point.utilization());
  compare_ways(compare, point.solution.division, levels);
  compare.same_null("recompute");
  compare.close("tp_comm_s", time.widths.bandwidth * steps);
  compare.close("dp_comm_s", time.data.bandwidth * steps);
  compare.close("pp_ep_comm_s", time.activations.bandwidth * steps);
  compare.close("latency_s", time.latency() * steps);
}

// The point of the sweep with this shape; shapes that are not swept are searched on their own.
std::optional<FrontierPoint> point_of(const Node& row, const Scenario& scenario,
                                      const Frontier& swept, const Assumptions& assumed) {
  const std::int64_t d_model = row["d_model"].integer(1, largest_width);
  const std::int64_t d_ff = row["d_ff"].integer(1, largest_width);
  const auto found = std::ranges::find_if(swept.points, [&](const FrontierPoint& point) {
    return point.run.model.d_model == d_model && point.run.model.d_ff == d_ff;
  });
  if (found != swept.points.end()) return *found;
  return frontier_point(scenario, d_model, d_ff, assumed);
}

void check_rows(const Node& rows, const Scenario& scenario, const Frontier& swept,
                const Assumptions& assumed, SectionCheck& check, const std::string& place) {
  for (std::size_t i = 0; i < rows.list().size(); ++i) {
    const Node row = rows[i];
    const Comparison compare(check, row, place + ".rows[" + std::to_string(i) + "]");
    ++check.entries;
    const auto point = point_of(row, scenario, swept, assumed);
    if (point) {
      compare_row(compare, *point, scenario.gpu.network.size(), assumed);
    } else {
      compare.mismatch("n_gpu", "no cluster was found that trains this model in time");
    }
  }
}

}  // namespace

void check_frontier(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  const Assumptions& assumed = inputs.assumed;
  for (std::size_t i = 0; i < entries.list().size(); ++i) {
    const Node entry = entries[i];
    const std::string place = place_of(check.name, i);
    const Scenario scenario = scenario_from(entry, inputs);
    const Frontier& swept = inputs.swept(scenario);
    check_rows(entry["rows"], scenario, swept, assumed, check, place);
    const Comparison compare(check, entry, place);
    compare.close("linear_scaling_end_flop",
                  end_of_linear_scaling(swept, linear_threshold(scenario.gpu, assumed)));
    compare.close("max_feasible_flop", last_feasible(swept));
  }
}

void check_summary(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  const Assumptions& assumed = inputs.assumed;
  constexpr double hardly_used = 0.001;
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    const Scenario scenario = scenario_from(entry, inputs);
    const Frontier& swept = inputs.swept(scenario);
    compare.close("linear_scaling_end_flop",
                  end_of_linear_scaling(swept, linear_threshold(scenario.gpu, assumed)));
    compare.close("last_feasible_flop_within_3_months", last_feasible(swept));
    compare.same("n_points", static_cast<long double>(swept.points.size()));
    if (swept.points.empty()) return;
    const FrontierPoint& last = swept.points.back();
    compare.close("util_at_last", last.utilization());
    compare.same("n_gpu_at_last", static_cast<long double>(last.solution.gpus()));
    compare.same("stopped_by_util_below_0p001", last.utilization() < hardly_used);
  });
}

}  // namespace shortfall

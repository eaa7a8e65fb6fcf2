#include "reporters/plan_json.hpp"

#include "model/system/measured_reach.hpp"
#include "model/training/run_writing_json.hpp"
#include "reporters/prediction_parts_json.hpp"

namespace shortfall {
namespace {

Json of(const SplitPlan& plan, const PlanAnswer& answer) {
  Json json = {{"run", json_of(plan.run)},
               {"step_s", plan.prediction.step.value},
               {"tokens_per_s", tokens_per_second(plan.run, plan.prediction.step)},
               {"mfu", json_of(plan.prediction.mfu)},
               {"memory_bytes",
                {{"needed", plan.needed.value},
                 {"available", answer.search.available.value},
                 {"device", answer.system.device.memory_size.value}}}};
  add_account(json, plan.prediction);
  json["extrapolated"] = beyond_measured(plan.run, answer.system);
  return json;
}

}  // namespace

std::string json_of(const PlanAnswer& answer) {
  Json best = Json::array();
  for (const SplitPlan& plan : answer.search.best) best.push_back(of(plan, answer));
  const Json document = {{"model", answer.model},
                         {"gpus", answer.run.gpus},
                         {"system", answer.system.name},
                         {"searched",
                          {{"candidates", answer.search.candidates},
                           {"fit", answer.search.fit},
                           {"evaluated", answer.search.priced}}},
                         {"best", std::move(best)},
                         {"assumed", answer.assumed}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace shortfall

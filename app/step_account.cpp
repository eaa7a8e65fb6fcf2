#include "app/step_account.hpp"

#include <fmt/format.h>

#include "model/training/choice_words.hpp"

namespace shortfall {
namespace {

// What is not 1.
std::vector<std::string> words_of(const TrainingRun& run) {
  const Architecture& model = run.architecture;
  std::vector<std::string> words{fmt::format("precision = {}", word_for(run.precision)),
                                 fmt::format("sharding = {}", word_for(run.sharding)),
                                 fmt::format("recompute = {}", word_for(run.recompute))};
  const auto add = [&](std::string_view name, std::int64_t value) {
    if (value > 1) words.push_back(fmt::format("{} = {}", name, value));
  };
  add("layers", model.layers);
  add("hidden", model.hidden);
  add("heads", model.heads);
  add("kv_heads", model.kv_heads);
  add("ffn", model.ffn);
  add("vocabulary", model.vocab);
  add("experts", model.experts ? model.experts->count : 1);
  add("seq_len", run.seq_len);
  add("batch", run.batch);
  add("micro_batch", run.micro_batch);
  add("tensor", run.split.tensor);
  add("data", run.split.data);
  add("expert_ranks", run.split.experts);
  return words;
}

FittedWorkload workload_of(const WorkloadPlan& plan) {
  return {.name = plan.name,
          .model = plan.told.model,
          .run = words_of(plan.fitted.run),
          .factor = plan.fitted.factor,
          .changes = plan.fitted.changes};
}

std::vector<StepPartTime> parts_of(const WorkloadPlan& plan, const SystemModel& system) {
  std::vector<StepPartTime> parts;
  for (const PartPrice& one : price_of(plan.training, plan.fitted.run, system)) {
    parts.push_back({one.phase, one.part, one.time, std::nullopt});
  }
  return parts;
}

}  // namespace

PredictedStep StepAccount::predicted_from(const Report& report) const {
  const FittedStep fitted{workload_of(plan_), plan_.fitted.run, plan_.told};
  PredictedStep step = predicted_on(report, fitted, sheets_);
  step.parts = parts_of(plan_, step.system);
  const TrainingRun& run = plan_.fitted.run;
  const SystemModel decoding = predicted_on(report, fitted, sheets_, "decode_step").system;
  step.decode = DecodedToken{.batch = run.batch,
                             .context = plan_.context,
                             .predicted = decode_time(plan_.decode, run, decoding),
                             .measured = std::nullopt};
  return step;
}

void StepAccount::predict(const Report& so_far) {
  if (!before_) before_ = predicted_from(so_far).step;
}

std::optional<Shortfall> StepAccount::drawn_up(const Report& so_far) const {
  if (!before_) return std::nullopt;
  Shortfall account = shortfall_of(so_far, predicted_from(so_far));
  account.first_predicted_step = *before_;
  return account;
}

}  // namespace shortfall

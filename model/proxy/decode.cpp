#include "core/error.hpp"
#include "model/proxy/routine_list.hpp"
#include "model/training/blocks.hpp"

namespace shortfall {
namespace {

// The sequences of a rank as one micro-batch of one token each.
TrainingRun one_token_of(TrainingRun run) {
  run.micro_batch = run.batch / run.split.data;
  run.seq_len = 1;
  run.split.sequence_parallel = false;
  run.recompute = Recompute::none;
  return run;
}

PlannedSteps planned(const StageRank& rank, auto add) {
  StepList list(rank, {});
  list.begin(StepPhase::forward, 1);
  add(list);
  PlannedSteps all;
  for (Step& step : std::move(list).take()) all.push_back({std::move(step)});
  return all;
}

}  // namespace

StepRoutine decode_routine(const TrainingRun& fitted, std::int64_t context) {
  if (context < 1) {
    throw BadUsage(fitted.id + ": decoding: expected at least 1 token before the next one, found " +
                   std::to_string(context));
  }
  const TrainingRun run = one_token_of(fitted);
  const StageRank rank = rank_of(run, stage_at(run, 0));
  PlannedSteps embedding = planned(rank, [&](StepList& list) { embedding_forward(list, rank); });
  PlannedSteps attention =
      planned(rank, [&](StepList& list) { attention_decoded(list, rank, context); });
  PlannedSteps dense = planned(rank, [&](StepList& list) { mlp_forward(list, rank); });
  PlannedSteps experts = planned(rank, [&](StepList& list) {
    if (rank.model.experts) experts_forward(list, rank);
  });
  PlannedSteps output = planned(rank, [&](StepList& list) { output_decoded(list, rank); });
  RoutineList list(rank, "decode");
  list.perform(embedding);
  for (std::int64_t layer = 0; layer < rank.model.layers; ++layer) {
    list.perform(attention);
    list.perform(layer < dense_layers(rank.model) ? dense : experts);
  }
  list.perform(output);
  return std::move(list).take();
}

}  // namespace shortfall

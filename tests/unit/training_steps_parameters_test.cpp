// What is done with parameters and gradients: reductions, gathers, the optimizer.
#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

// Bytes of all calls of one kind in a step, as nccl-tests counts them.
double called(const TrainingRun& run, StepPart part, Kind kind, RankAxis axis,
              std::int64_t stage = 0) {
  double sum = 0;
  for (const Step& step : steps_of_stage(run, stage)) {
    const auto* collective = std::get_if<Collective>(&step.operation);
    if (collective && step.part == part && collective->kind == kind && step.axis == axis) {
      sum += collective->bytes.value * step.times;
    }
  }
  return sum;
}

double reduced(const TrainingRun& run, Kind kind, RankAxis axis = RankAxis::data) {
  return called(run, StepPart::gradient_reduction, kind, axis);
}

double gathered(const TrainingRun& run, RankAxis axis = RankAxis::data) {
  return called(run, StepPart::parameter_gather, Kind::all_gather, axis);
}

std::int64_t group_of(const TrainingRun& run, RankAxis axis) {
  for (const Step& step : steps_of_stage(run, 0)) {
    if (step.axis == axis) return step.group;
  }
  return 0;
}

double optimizer_bytes(const TrainingRun& run) {
  return all_of<MemoryPass>(steps_of_stage(run, 0), StepPart::optimizer, StepPhase::finish)
      .at(0)
      .second.bytes.value;
}

constexpr double bf16 = 2, f32 = 4;
constexpr double adam = 3 * f32 + f32 + 3 * f32 + bf16;  // with the gradient read

// 16 replicas, 4 micro-batches, one stage.
TrainingRun sharded(Sharding sharding) {
  TrainingRun run = run_of(llama3_405b(), {.data = 8, .context = 2}, 32);
  run.sharding = sharding;
  return run;
}
const double P = parameters(llama3_405b()).total;

TEST(StepsParameters, AreAllReducedWhereNothingIsSharded) {
  const TrainingRun run = sharded(Sharding::none);
  EXPECT_NEAR(reduced(run, Kind::all_reduce), f32 * P, 1e-12 * P);
  EXPECT_EQ(reduced(run, Kind::reduce_scatter), 0);
  EXPECT_EQ(gathered(run), 0);
  EXPECT_EQ(group_of(run, RankAxis::data), 16);
  EXPECT_NEAR(optimizer_bytes(run), adam * P, 1e-12 * P);
}

TEST(StepsParameters, AreScatteredAndGatheredWithAShardedOptimizer) {
  const TrainingRun run = sharded(Sharding::optimizer);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter), f32 * P, 1e-12 * P);
  EXPECT_EQ(reduced(run, Kind::all_reduce), 0);
  EXPECT_NEAR(gathered(run), bf16 * P, 1e-12 * P);
  EXPECT_NEAR(optimizer_bytes(run), adam * P / 16, 1e-12 * P);
}

TEST(StepsParameters, AreScatteredForEachMicroBatchWithShardedGradients) {
  const TrainingRun run = sharded(Sharding::gradients);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter), 4 * f32 * P, 1e-12 * P);
  EXPECT_NEAR(gathered(run), bf16 * P, 1e-12 * P);
}

TEST(StepsParameters, AreGatheredTwiceForEachMicroBatchWhereTheyAreSharded) {
  const TrainingRun run = sharded(Sharding::parameters);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter), 4 * f32 * P, 1e-12 * P);
  EXPECT_NEAR(gathered(run), 4 * 2 * bf16 * P, 1e-12 * P);
  EXPECT_NEAR(optimizer_bytes(run), adam * P / 16, 1e-12 * P);
  // Layer by layer.
  const double layer = parameters(llama3_405b()).attention + parameters(llama3_405b()).mlp;
  const auto list = steps_of_stage(run, 0);
  const auto calls = all_of<Collective>(list, StepPart::parameter_gather, StepPhase::forward);
  ASSERT_EQ(calls.size(), 3U);  // embedding, layers, output
  EXPECT_DOUBLE_EQ(calls[1].second.bytes.value, bf16 * layer);
  EXPECT_DOUBLE_EQ(calls[1].first.times, 126.0 * 4);
}

// Stages keep what they gathered from the first micro-batch to the last one, and reduce gradients
// after it: between two micro-batches there is nothing to hide either behind.
TEST(StepsParameters, AreGatheredAndReducedOnceWhereThereAreStages) {
  TrainingRun run = run_of(llama3_405b(), {.pipeline = 2, .data = 8}, 32);
  run.sharding = Sharding::parameters;
  const double of_stage =
      63 * (parameters(llama3_405b()).attention + parameters(llama3_405b()).mlp) +
      parameters(llama3_405b()).output;
  EXPECT_NEAR(gathered(run), 2 * bf16 * of_stage, 1e-12 * P);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter), f32 * of_stage, 1e-12 * P);
}

TEST(StepsParameters, AreShardedWithinGroupsAndReducedBetweenThem) {
  TrainingRun run = sharded(Sharding::hybrid);
  EXPECT_EQ(group_of(run, RankAxis::shards), 8);  // a host's
  run.split.shards = 4;
  EXPECT_EQ(group_of(run, RankAxis::shards), 4);
  EXPECT_EQ(group_of(run, RankAxis::replicas), 4);
  EXPECT_NEAR(gathered(run, RankAxis::shards), 4 * 2 * bf16 * P, 1e-12 * P);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter, RankAxis::shards), 4 * f32 * P, 1e-12 * P);
  EXPECT_NEAR(reduced(run, Kind::all_reduce, RankAxis::replicas), f32 * P / 4, 1e-12 * P);
  EXPECT_NEAR(optimizer_bytes(run), adam * P / 4, 1e-12 * P);
}

TEST(StepsParameters, OfExpertsAreReducedAmongThoseThatHoldThem) {
  TrainingRun run = run_of(deepseek_v3(), {.data = 32, .experts = 16}, 32);
  run.sharding = Sharding::optimizer;
  const Parameters all = parameters(deepseek_v3());
  const double experts = 58 * 256 * all.expert, others = all.total - experts;
  EXPECT_EQ(group_of(run, RankAxis::data), 32);
  EXPECT_EQ(group_of(run, RankAxis::data_experts), 2);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter), f32 * others, 1e-12 * experts);
  EXPECT_NEAR(reduced(run, Kind::reduce_scatter, RankAxis::data_experts), f32 * experts / 16,
              1e-12 * experts);
  EXPECT_NEAR(gathered(run, RankAxis::data_experts), bf16 * experts / 16, 1e-12 * experts);
  EXPECT_NEAR(optimizer_bytes(run), adam * (others / 32 + experts / 32), 1e-12 * experts);
}

// Tensor- and pipeline-parallel ranks hold together what there is, but for what latent attention
// and routers leave on each of them, and the tied embedding's second copy.
TEST(StepsParameters, OfAllRanksAreAllOfTheModel) {
  const auto held = [](const TrainingRun& run) {
    double sum = 0;
    for (const Stage& stage : stages(run)) {
      for (const RankAxis axis : {RankAxis::data, RankAxis::data_experts}) {
        const double ways = axis == RankAxis::data ? 1 : static_cast<double>(run.split.experts);
        sum += called(run, StepPart::gradient_reduction, Kind::all_reduce, axis, stage.index) /
               f32 * static_cast<double>(run.split.tensor) * ways;
      }
    }
    return sum;
  };
  const auto all = [](const Architecture& model) { return parameters(model).total; };
  EXPECT_NEAR(held(run_of(llama3_405b(), {.tensor = 8, .pipeline = 16, .data = 2}, 32)),
              all(llama3_405b()), 1e-12 * all(llama3_405b()));
  EXPECT_NEAR(held(run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4, .data = 2}, 32)),
              all(gpt3_175b()) + 12288.0 * 51200, 1e-12 * all(gpt3_175b()));
  const double alike = 61.0 * 7168 * (1536 + 512 + 64) + 58.0 * 7168 * 256;
  EXPECT_NEAR(
      held(run_of(deepseek_v3(), {.tensor = 4, .pipeline = 4, .data = 16, .experts = 8}, 64)),
      all(deepseek_v3()) + 3 * alike, 1e-12 * all(deepseek_v3()));
}

TEST(StepsParameters, ThatSequenceParallelRanksHoldAlikeAreReducedAmongThem) {
  TrainingRun run = run_of(deepseek_v3(), {.tensor = 4}, 4);
  const double alike = 61.0 * 7168 * (1536 + 512 + 64) + 58.0 * 7168 * 256;
  EXPECT_DOUBLE_EQ(reduced(run, Kind::all_reduce, RankAxis::tensor), f32 * alike);
  run.split.sequence_parallel = false;
  EXPECT_EQ(reduced(run, Kind::all_reduce, RankAxis::tensor), 0);
}

TEST(StepsParameters, OfATiedEmbeddingAreReducedBetweenBothEnds) {
  const TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4}, 16);
  const auto between = [&](std::int64_t stage) {
    return called(run, StepPart::gradient_reduction, Kind::all_reduce, RankAxis::pipeline, stage);
  };
  EXPECT_DOUBLE_EQ(between(0), f32 * 12288 * 51200 / 8);
  EXPECT_DOUBLE_EQ(between(3), between(0));
  EXPECT_EQ(between(1), 0);
}

TEST(StepsParameters, AreReducedInSixteenBitsWhereFp16IsTrained) {
  TrainingRun run = sharded(Sharding::none);
  run.precision = Precision::fp16;
  EXPECT_NEAR(reduced(run, Kind::all_reduce), 2 * P, 1e-12 * P);
  EXPECT_NEAR(optimizer_bytes(run), (adam - 2) * P, 1e-12 * P);
}

// Both copies of a stage are on two ranks of each replica.
TEST(StepsParameters, OfTwoStagesAreOnEveryRankOfADualPipe) {
  TrainingRun run = run_of(llama3_405b(), {.pipeline = 14, .data = 4}, 64);
  const double once = reduced(run, Kind::all_reduce);
  run.schedule = Schedule::dual_pipe;
  EXPECT_EQ(group_of(run, RankAxis::data), 8);
  // The first stage's and the last one's: as many layers, and as large a vocabulary.
  EXPECT_NEAR(reduced(run, Kind::all_reduce), 2 * once, 1e-12 * once);
}

// Of which each micro-batch passes one.
TEST(StepsParameters, OfADualPipeAreAddedUpOnceInEachMicroBatch) {
  TrainingRun run = run_of(deepseek_v3(), {.pipeline = 2, .data = 8, .experts = 8}, 64);
  run.architecture.layers = 64;
  run.architecture.experts->dense_layers = 0;
  const auto added_up = [&] {
    return all_of<MemoryPass>(steps_of_stage(run, 0), StepPart::gradient_accumulation,
                              StepPhase::backward)
        .at(0)
        .second.bytes.value;
  };
  const double once = added_up();
  EXPECT_EQ(group_of(run, RankAxis::data_experts), 0);  // one rank holds each
  run.schedule = Schedule::dual_pipe;
  EXPECT_NEAR(added_up(), once, 1e-12 * once);
  EXPECT_EQ(group_of(run, RankAxis::data_experts), 2);
}

// Within a cluster in every step, between clusters in each hundredth: every parameter once.
TEST(StepsParameters, MeetThoseOfOtherClustersNowAndThen) {
  TrainingRun run = run_of(mixtral_8x7b(), {.tensor = 4, .data = 16, .experts = 2}, 64);
  run.outer = OuterLoop{.clusters = 4, .local_steps = 100};
  EXPECT_EQ(group_of(run, RankAxis::data), 4);
  EXPECT_EQ(group_of(run, RankAxis::data_experts), 2);
  EXPECT_EQ(group_of(run, RankAxis::clusters), 4);
  const auto met =
      all_of<Collective>(steps_of_stage(run, 0), StepPart::outer_reduction, StepPhase::finish)
          .at(0);
  EXPECT_DOUBLE_EQ(met.first.times, 0.01);
  const double routers = 32.0 * 4096 * 8;
  EXPECT_NEAR(met.second.bytes.value * 16, f32 * (parameters(mixtral_8x7b()).total + 3 * routers),
              1e-12 * f32 * parameters(mixtral_8x7b()).total);
}

}  // namespace
}  // namespace shortfall

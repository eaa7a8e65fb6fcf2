// Bytes of a GPU, against the closed forms of Rajbhandari et al. 2020 (parameters, gradients and
// optimizer) and Korthikanti et al. 2022 (activations). s long, b sequences, h wide, L layers.
#include <gtest/gtest.h>

#include "model/training/memory.hpp"
#include "sample_runs.hpp"

namespace shortfall {
namespace {

MemoryUse memory_of(const TrainingRun& run, std::int64_t stage = 0) {
  return memory(run, stages(run)[static_cast<std::size_t>(stage)]);
}

constexpr double s = 2048, h = 12288, V = 51200;

TrainingRun gpt(const Split& split, std::int64_t batch = 64) {
  return run_of(gpt3_175b(), split, batch);
}

// On the second of four stages, which neither embeds nor ends: of one micro-batch and layer.
double of_layer(const TrainingRun& run) {
  const double layers = static_cast<double>(run.architecture.layers / run.split.pipeline);
  const double in_flight =
      micro_batches_in_flight(run, stages(run)[1]) * static_cast<double>(run.micro_batch);
  return memory_of(run, 1).activations.value / layers / in_flight;
}

TEST(MemoryOfActivations, IsThatOfKorthikanti) {
  EXPECT_DOUBLE_EQ(of_layer(gpt({.pipeline = 4})), s * h * 34);
  TrainingRun run = gpt({.tensor = 8, .pipeline = 4});
  EXPECT_DOUBLE_EQ(of_layer(run), s * h * 34 / 8);
  run.split.sequence_parallel = false;
  EXPECT_DOUBLE_EQ(of_layer(run), s * h * (10 + 24.0 / 8));
  run.micro_batch = 2;
  EXPECT_DOUBLE_EQ(of_layer(run), s * h * (10 + 24.0 / 8));
}

// A kernel that keeps no scores has nothing left to save by computing the core again.
TEST(MemoryOfActivations, IsNotLessWithSelectiveRecomputation) {
  TrainingRun run = gpt({.tensor = 8, .pipeline = 4});
  run.recompute = Recompute::selective;
  EXPECT_DOUBLE_EQ(of_layer(run), s * h * 34 / 8);
}

// The input of each layer, and one layer that is being computed again.
TEST(MemoryOfActivations, IsTheInputsOfLayersWithFullRecomputation) {
  TrainingRun run = gpt({.pipeline = 4});
  run.recompute = Recompute::full;
  EXPECT_DOUBLE_EQ(memory_of(run, 1).activations.value, 24 * 3 * 2 * s * h + 34 * s * h);
}

TEST(MemoryOfActivations, IsDividedAlongTheSequence) {
  EXPECT_DOUBLE_EQ(of_layer(gpt({.tensor = 2, .pipeline = 4, .context = 4})), s * h * 34 / 8);
}

// No dropout. Queries, result and the MLP's three arrays are wide; keys and values have few heads.
TEST(MemoryOfActivations, CountsHeadsAndTheGate) {
  const TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 14}, 28);
  const double width = 16384;
  const double per_token = 8 * width + 2 * (2 * width + 2 * 8 * 128) + 2 * 3 * 53248;
  EXPECT_DOUBLE_EQ(of_layer(run), s * per_token / 8);
}

// Received and returned copies, three arrays of each, the shared expert's, and 256 scores.
TEST(MemoryOfActivations, CountsWhatExpertsReceive) {
  TrainingRun run = run_of(deepseek_v3(), {.pipeline = 4, .data = 8, .experts = 8}, 64);
  run.architecture.experts->dense_layers = 0;
  run.architecture.layers = 64;
  const double width = 7168;
  const double attention = 2 * (1536 + 512 + 64) + 2 * 2 * 128 * (192 + 128.0);
  const double routed = 2 * 8 * (2 * width + 3 * 2048), shared = 2 * 3 * 2048, scores = 4 * 256;
  const double even = s * (8 * width + attention + routed + shared + scores);
  EXPECT_DOUBLE_EQ(of_layer(run), even);
  run.architecture.experts->imbalance = 1.5;
  EXPECT_DOUBLE_EQ(of_layer(run), even + s * routed / 2);
}

// Sections 4.2.3 and 4.3 of Korthikanti et al.: the first stage of p holds p micro-batches, or
// 1 + (p - 1) / (p v) times all layers if interleaved; the embedding's mask, and the output.
TEST(MemoryOfActivations, IsThatOfThePipelinesFirstStage) {
  const double layer = s * h * 34 / 8;
  EXPECT_DOUBLE_EQ(memory_of(gpt({.tensor = 8, .pipeline = 4})).activations.value,
                   4 * (24 * layer + s * h / 8));
  EXPECT_DOUBLE_EQ(memory_of(gpt({.tensor = 8, .pipeline = 4, .chunks = 3})).activations.value,
                   96 * layer * (1 + 3.0 / 12) + (5 * s * h / 8));
  EXPECT_DOUBLE_EQ(memory_of(gpt({.tensor = 8})).output.value, 4 * s * h / 8 * (1 + V / h));
  EXPECT_EQ(memory_of(gpt({.tensor = 8, .pipeline = 4})).output.value, 0);
}

TEST(MemoryOfActivations, FollowsTheSchedule) {
  TrainingRun run = gpt({.pipeline = 8});
  const auto in_flight = [&](std::size_t stage) {
    return micro_batches_in_flight(run, stages(run)[stage]);
  };
  EXPECT_EQ(in_flight(0), 8);
  EXPECT_EQ(in_flight(7), 1);
  run.schedule = Schedule::zero_bubble;
  EXPECT_EQ(in_flight(7), 8);
  run.schedule = Schedule::dual_pipe;
  EXPECT_EQ(in_flight(7), 9);
  run.schedule = Schedule::one_f_one_b;
  run.batch = 4;
  EXPECT_EQ(in_flight(0), 4);  // no more than there are
  run.split.chunks = 2;
  EXPECT_EQ(in_flight(0), 4);
}

// 2 + 4 + 12 bytes of each parameter, of which each kind divides more.
TEST(MemoryOfParameters, IsSharedAsTheyAreSharded) {
  TrainingRun run = run_of(mixtral_8x7b(), {.data = 16}, 16);
  const double P = parameters(mixtral_8x7b()).total;
  const auto expect = [&](Sharding sharding, double parameters, double gradients, double states) {
    run.sharding = sharding;
    const MemoryUse found = memory_of(run);
    EXPECT_NEAR(found.parameters.value, 2 * parameters, 1e-12 * P);
    EXPECT_NEAR(found.gradients.value, 4 * gradients, 1e-12 * P);
    EXPECT_NEAR(found.optimizer.value, 12 * states, 1e-12 * P);
  };
  // One layer is reduced, and two of them are whole, while they are used.
  const Parameters each = parameters(mixtral_8x7b());
  const double layer = each.attention + each.router + 8 * each.expert;
  expect(Sharding::none, P, P, P);
  expect(Sharding::optimizer, P, P, P / 16);
  expect(Sharding::gradients, P, P / 16 + layer, P / 16);
  expect(Sharding::parameters, P / 16 + 2 * layer, P / 16 + layer, P / 16);
  run.split.shards = 4;
  expect(Sharding::hybrid, P / 4 + 2 * layer, P / 4 + layer, P / 4);
}

// Several stages gather once and reduce once: between that, both are whole.
TEST(MemoryOfParameters, IsWholeWhereStagesKeepWhatTheyGathered) {
  TrainingRun run = run_of(llama3_405b(), {.pipeline = 7, .data = 16}, 64);
  const double P = 18 * (parameters(llama3_405b()).attention + parameters(llama3_405b()).mlp);
  run.sharding = Sharding::parameters;
  EXPECT_NEAR(memory_of(run, 3).parameters.value, 2 * (P + P / 16), 1e-9 * P);
  EXPECT_NEAR(memory_of(run, 3).gradients.value, 4 * (P + P / 16), 1e-9 * P);
  run.sharding = Sharding::gradients;
  EXPECT_NEAR(memory_of(run, 3).parameters.value, 2 * P, 1e-9 * P);
  EXPECT_NEAR(memory_of(run, 3).gradients.value, 4 * (P + P / 16), 1e-9 * P);
}

TEST(MemoryOfParameters, IsSharedAmongExpertsRanks) {
  TrainingRun run = run_of(deepseek_v3(), {.data = 32, .experts = 16}, 32);
  run.sharding = Sharding::optimizer;
  const Parameters all = parameters(deepseek_v3());
  const double experts = 58 * 256 * all.expert, others = all.total - experts;
  EXPECT_NEAR(memory_of(run).parameters.value, 2 * (others + experts / 16), 1e-12 * all.total);
  EXPECT_NEAR(memory_of(run).optimizer.value, 12 * (others / 32 + experts / 32), 1e-12 * all.total);
}

TEST(MemoryOfParameters, IsTwiceAStagesWithADualPipe) {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 14}, 64);
  const MemoryUse once = memory_of(run);
  run.schedule = Schedule::dual_pipe;
  EXPECT_NEAR(memory_of(run).parameters.value / once.parameters.value, 2, 1e-12);
}

TEST(Memory, IsTheSumOfItsParts) {
  const MemoryUse found = memory_of(gpt({.tensor = 8}));
  EXPECT_GT(found.output.value, 0);
  EXPECT_DOUBLE_EQ(found.total().value, found.parameters.value + found.gradients.value +
                                            found.optimizer.value + found.activations.value +
                                            found.output.value);
}

// Korthikanti et al. 2022 trained 175B on A100s of 80 GB so; without recomputation of any kind and
// sequence parallelism on fewer ranks it would not have fitted.
TEST(Memory, FitsWherePublishedRunsDid) {
  TrainingRun run = gpt({.tensor = 8, .pipeline = 8, .chunks = 3});
  run.precision = Precision::fp16;
  for (const Stage& stage : stages(run)) EXPECT_LT(memory(run, stage).total().value, 80e9);
  run = gpt({.tensor = 8, .pipeline = 2});
  EXPECT_GT(memory_of(run).total().value, 80e9);
}

}  // namespace
}  // namespace shortfall

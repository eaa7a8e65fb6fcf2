// Stages of a pipeline: which layers, and how many micro-batches.
#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

TEST(Stages, DealLayersEvenlyAndTheRestToTheFirst) {
  const auto all = stages(run_of(llama3_405b(), {.pipeline = 16}, 16));
  ASSERT_EQ(all.size(), 16U);
  for (const Stage& stage : all) EXPECT_EQ(stage.dense_layers, stage.index < 14 ? 8 : 7);
}

TEST(Stages, EmbedFirstAndEndLast) {
  for (const Stage& stage : stages(run_of(gpt3_175b(), {.pipeline = 4}, 16))) {
    EXPECT_EQ(stage.embeds, stage.index == 0);
    EXPECT_EQ(stage.ends, stage.index == 3);
  }
  const auto alone = stages(run_of(gpt3_175b(), {}, 16));
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_TRUE(alone[0].embeds && alone[0].ends);
}

TEST(Stages, BeginWithTheLayersWithoutExperts) {
  const auto all = stages(run_of(deepseek_v3(), {.pipeline = 31}, 31));
  EXPECT_EQ(all[0].dense_layers, 2);  // 61 = 31 + 30
  EXPECT_EQ(all[0].expert_layers, 0);
  EXPECT_EQ(all[1].dense_layers, 1);
  EXPECT_EQ(all[1].expert_layers, 1);
  EXPECT_EQ(all[2].dense_layers, 0);
  EXPECT_EQ(all[2].expert_layers, 2);
  EXPECT_EQ(all[30].expert_layers, 1);
}

// Of 64 layers, 16 pieces of 4: stage 1 holds layers 4 to 7, 20 to 23, 36 to 39 and 52 to 55.
TEST(Stages, HoldPiecesFromAllOverTheModelWhenInterleaved) {
  Architecture model = deepseek_v3();
  model.layers = 64;
  model.experts->dense_layers = 22;
  const auto all = stages(run_of(model, {.pipeline = 4, .chunks = 4}, 16));
  EXPECT_EQ(all[0].dense_layers, 8);
  EXPECT_EQ(all[1].dense_layers, 6);
  EXPECT_EQ(all[1].expert_layers, 10);
  EXPECT_EQ(all[2].dense_layers, 4);
}

TEST(Stages, HoldEveryLayerOnce) {
  for (const auto& [name, run] : divisible_runs()) {
    std::int64_t dense = 0, sparse = 0;
    for (const Stage& stage : stages(run)) {
      dense += stage.dense_layers;
      sparse += stage.expert_layers;
    }
    EXPECT_EQ(dense, dense_layers(run.architecture)) << name;
    EXPECT_EQ(sparse, expert_layers(run.architecture)) << name;
  }
}

TEST(MicroBatches, DivideTheBatchAmongReplicas) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4, .data = 16}, 1536);
  run.micro_batch = 4;
  EXPECT_EQ(micro_batches(run), 24);
}

}  // namespace
}  // namespace shortfall

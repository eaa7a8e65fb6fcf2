// The Operations of one rank: shapes of products and of attention, and bytes of passes over memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

using Shape = std::vector<std::int64_t>;  // m, n, k, batch

std::vector<Shape> shapes_of(const std::vector<Step>& list, StepPart part, StepPhase phase) {
  std::vector<Shape> shapes;
  for (const auto& [step, gemm] : all_of<Gemm>(list, part, phase)) {
    shapes.push_back({gemm.m, gemm.n, gemm.k, gemm.batch});
  }
  return shapes;
}

using Shapes = std::vector<Shape>;

constexpr std::int64_t tokens = 2048;

TEST(StepsShapes, OfAttentionWithGroupedQueries) {
  const auto list = steps_of_stage(run_of(llama3_405b(), {.tensor = 8, .pipeline = 2}, 4), 0);
  const std::int64_t heads = 16, kv_heads = 1, out = 128 * (heads + 2 * kv_heads);
  EXPECT_EQ(shapes_of(list, StepPart::attention_projection, StepPhase::forward),
            (Shapes{{tokens, out, 16384, 1}, {tokens, 16384, heads * 128, 1}}));
  EXPECT_EQ(shapes_of(list, StepPart::attention_projection, StepPhase::backward),
            (Shapes{{tokens, heads * 128, 16384, 1},
                    {heads * 128, 16384, tokens, 1},
                    {tokens, 16384, out, 1},
                    {16384, out, tokens, 1}}));
}

TEST(StepsShapes, OfAGatedMlpAndOfAPlainOne) {
  const auto gated = steps_of_stage(run_of(llama3_405b(), {.tensor = 8, .pipeline = 2}, 4), 0);
  EXPECT_EQ(shapes_of(gated, StepPart::mlp, StepPhase::forward),
            (Shapes{{tokens, 2 * 6656, 16384, 1}, {tokens, 16384, 6656, 1}}));
  const auto plain = steps_of_stage(run_of(gpt3_175b(), {.tensor = 8}, 4), 0);
  EXPECT_EQ(shapes_of(plain, StepPart::mlp, StepPhase::forward),
            (Shapes{{tokens, 6144, 12288, 1}, {tokens, 12288, 6144, 1}}));
  EXPECT_EQ(shapes_of(plain, StepPart::mlp, StepPhase::backward),
            (Shapes{{tokens, 6144, 12288, 1},
                    {6144, 12288, tokens, 1},
                    {tokens, 12288, 6144, 1},
                    {12288, 6144, tokens, 1}}));
}

// The compression is not split: sequence parallel ranks do it for their own tokens.
TEST(StepsShapes, OfLatentAttention) {
  const auto list = steps_of_stage(run_of(deepseek_v3(), {.tensor = 4, .pipeline = 2}, 4), 0);
  const std::int64_t heads = 32;
  EXPECT_EQ(shapes_of(list, StepPart::attention_projection, StepPhase::forward),
            (Shapes{{tokens / 4, 1536, 7168, 1},
                    {tokens / 4, 512 + 64, 7168, 1},
                    {tokens, heads * (128 + 64), 1536, 1},
                    {tokens, heads * (128 + 128), 512, 1},
                    {tokens, 7168, heads * 128, 1}}));
  const auto core =
      all_of<Attention>(list, StepPart::attention_core, StepPhase::forward).at(0).second;
  EXPECT_EQ(core.heads, heads);
  EXPECT_EQ(core.kv_heads, heads);
  EXPECT_EQ(core.key_dim, 192);
  EXPECT_EQ(core.value_dim, 128);
}

TEST(StepsShapes, OfLatentAttentionWhoseQueriesAreNotCompressed) {
  Architecture model = deepseek_v3();
  model.latent->query_rank = 0;
  const auto list = steps_of_stage(run_of(model, {}, 1), 0);
  EXPECT_EQ(shapes_of(list, StepPart::attention_projection, StepPhase::forward),
            (Shapes{{tokens, 576, 7168, 1},
                    {tokens, 128 * 192, 7168, 1},
                    {tokens, 128 * 256, 512, 1},
                    {tokens, 7168, 128 * 128, 1}}));
}

// 256 experts on 64 ranks: 4 each, which get 64 ranks' tokens, 8 copies of each, a 256th of them.
TEST(StepsShapes, OfExperts) {
  TrainingRun run = run_of(deepseek_v3(), {.pipeline = 2, .data = 64, .experts = 64}, 128);
  const auto list = steps_of_stage(run, 1);
  const std::int64_t each = 64 * tokens * 8 / 256;
  EXPECT_EQ(shapes_of(list, StepPart::experts, StepPhase::forward),
            (Shapes{{each, 2 * 2048, 7168, 4},
                    {each, 7168, 2048, 4},
                    {tokens, 2 * 2048, 7168, 1},
                    {tokens, 7168, 2048, 1}}));
  EXPECT_EQ(shapes_of(list, StepPart::router, StepPhase::forward),
            (Shapes{{tokens, 256, 7168, 1}}));
  EXPECT_EQ(shapes_of(list, StepPart::router, StepPhase::backward),
            (Shapes{{tokens, 7168, 256, 1}, {7168, 256, tokens, 1}}));
  run.architecture.experts->imbalance = 1.5;
  EXPECT_EQ(shapes_of(steps_of_stage(run, 1), StepPart::experts, StepPhase::backward).at(4),
            (Shape{each * 3 / 2, 2048, 7168, 4}));
}

// Four tensor-parallel ranks hold a quarter of each expert and together all tokens; where experts
// are whole, each rank works on its own quarter of the tokens.
TEST(StepsShapes, OfExpertsThatAreSplitOrWhole) {
  TrainingRun run = run_of(mixtral_8x7b(), {.tensor = 4, .data = 8, .experts = 8}, 8);
  const std::int64_t each = 8 * tokens * 2 / 8;
  EXPECT_EQ(shapes_of(steps_of_stage(run, 0), StepPart::experts, StepPhase::forward),
            (Shapes{{each, 2 * 3584, 4096, 1}, {each, 4096, 3584, 1}}));
  run.split.expert_tensor = 1;
  EXPECT_EQ(shapes_of(steps_of_stage(run, 0), StepPart::experts, StepPhase::forward),
            (Shapes{{each / 4, 2 * 14336, 4096, 1}, {each / 4, 4096, 14336, 1}}));
}

// 100 tokens, two copies of each, on three experts.
TEST(StepsShapes, OfExpertsAreRoundedUp) {
  Architecture model = mixtral_8x7b();
  model.experts->count = 3;
  TrainingRun run = run_of(model, {}, 1);
  run.seq_len = 100;
  EXPECT_EQ(shapes_of(steps_of_stage(run, 0), StepPart::experts, StepPhase::forward).at(0),
            (Shape{67, 2 * 14336, 4096, 3}));
}

TEST(StepsShapes, OfLogitsOnTheLastStageAlone) {
  const TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 2}, 4);
  EXPECT_EQ(shapes_of(steps_of_stage(run, 1), StepPart::output, StepPhase::forward),
            (Shapes{{tokens, 6400, 12288, 1}}));
  EXPECT_TRUE(shapes_of(steps_of_stage(run, 0), StepPart::output, StepPhase::forward).empty());
}

TEST(StepsShapes, OfACoreWhoseSequenceIsSplit) {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .context = 4}, 2);
  run.micro_batch = 2;
  const auto core = [&] {
    return all_of<Attention>(steps_of_stage(run, 0), StepPart::attention_core, StepPhase::backward)
        .at(0)
        .second;
  };
  EXPECT_EQ(core().batch, 2);
  EXPECT_EQ(core().heads, 16);
  EXPECT_EQ(core().kv_heads, 1);
  EXPECT_EQ(core().queries, 512);
  EXPECT_EQ(core().keys, 2048);
  EXPECT_TRUE(core().causal);
  EXPECT_EQ(core().direction, Attention::Direction::backward);
  run.context_exchange = ContextExchange::all_to_all;
  EXPECT_EQ(core().heads, 4);
  EXPECT_EQ(core().kv_heads, 1);
  EXPECT_EQ(core().queries, 2048);
}

TEST(StepsShapes, AreDoneOnceForEachLayerAndMicroBatch) {
  const TrainingRun run = run_of(deepseek_v3(), {.pipeline = 4, .data = 2, .chunks = 2}, 64);
  const double rounds = 32;
  for (const Stage& stage : stages(run)) {
    const auto list = steps(run, stage);
    const double dense = static_cast<double>(stage.dense_layers);
    const double sparse = static_cast<double>(stage.expert_layers);
    for (const Step& step : list) {
      const auto* gemm = std::get_if<Gemm>(&step.operation);
      if (!gemm || step.part == StepPart::output) continue;
      const double layers = step.part == StepPart::mlp                    ? dense
                            : step.part == StepPart::attention_projection ? dense + sparse
                                                                          : sparse;
      EXPECT_DOUBLE_EQ(step.times, rounds * layers);
    }
  }
}

TEST(StepsShapes, DoNothingZeroTimes) {
  for (const auto& [name, run] : divisible_runs()) {
    for (const Stage& stage : stages(run)) {
      for (const Step& step : steps(run, stage)) EXPECT_GT(step.times, 0) << name;
    }
  }
}

TEST(StepsShapes, ComeInTheOrderOfTheirPhases) {
  const auto place = [](StepPhase phase) {
    return phase == StepPhase::forward ? 0 : phase == StepPhase::finish ? 2 : 1;
  };
  for (const auto& [name, run] : divisible_runs()) {
    const auto list = steps_of_stage(run, 0);
    EXPECT_TRUE(std::ranges::is_sorted(list, {}, [&](const Step& s) { return place(s.phase); }))
        << name;
  }
}

// Full: the whole layer once more, not the logits. Selective: the core alone.
TEST(StepsShapes, AreRepeatedAsFarAsActivationsWereNotKept) {
  TrainingRun run = run_of(gpt3_175b(), {}, 4);
  run.recompute = Recompute::full;
  const auto full = steps_of_stage(run, 0);
  for (const StepPart part : {StepPart::attention_projection, StepPart::mlp}) {
    EXPECT_EQ(shapes_of(full, part, StepPhase::recompute),
              shapes_of(full, part, StepPhase::forward));
  }
  for (const StepPart part :
       {StepPart::norm, StepPart::residual, StepPart::activation, StepPart::rotary}) {
    EXPECT_FALSE(all_of<MemoryPass>(full, part, StepPhase::recompute).empty());
  }
  EXPECT_TRUE(shapes_of(full, StepPart::output, StepPhase::recompute).empty());
  run.recompute = Recompute::selective;
  std::size_t again = 0;
  for (const Step& step : steps_of_stage(run, 0))
    again += step.phase == StepPhase::recompute ? 1 : 0;
  EXPECT_EQ(again, 1U);
  EXPECT_EQ(
      all_of<Attention>(steps_of_stage(run, 0), StepPart::attention_core, StepPhase::recompute)
          .size(),
      1U);
  run.recompute = Recompute::none;
  for (const Step& step : steps_of_stage(run, 0)) EXPECT_NE(step.phase, StepPhase::recompute);
}

}  // namespace
}  // namespace shortfall

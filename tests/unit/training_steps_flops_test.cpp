// The arithmetic of a list of steps: that all ranks together do the work of all tokens, no more and
// no less.
#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

double tokens_of(const TrainingRun& run) {
  return static_cast<double>(run.batch) * static_cast<double>(run.seq_len);
}

// Passes over memory add up numbers, too; what is counted by all conventions is matrix products.
double products(const Step& step) {
  return std::holds_alternative<MemoryPass>(step.operation) ? 0 : flop_of(step);
}

FlopsPerToken expected(const TrainingRun& run) {
  return flops_per_token(run.architecture, run.seq_len, run.recompute);
}

// Without sequence parallelism, and for MQA, some ranks repeat what others do.
TEST(StepsFlops, AreThoseOfAllTokensHoweverTheyAreSplit) {
  for (const auto& [name, run] : divisible_runs()) {
    const double executed = sum_over_ranks(run, products);
    EXPECT_NEAR(executed / (expected(run).hardware.value * tokens_of(run)), 1, 1e-12) << name;
  }
}

// Neither what is computed again, nor the second product of queries and keys in the backward pass.
TEST(StepsFlops, HoldTheModelsOwn) {
  const auto of_model = [](const Step& step) {
    if (step.phase == StepPhase::recompute) return 0.0;
    const auto* core = std::get_if<Attention>(&step.operation);
    if (!core) return products(step);
    const double width = static_cast<double>(core->key_dim + core->value_dim);
    const double pairs = static_cast<double>(core->batch * core->heads) *
                         static_cast<double>(core->queries) * static_cast<double>(core->keys) / 2;
    const int passes = core->direction == Attention::Direction::forward ? 1 : 2;
    return 2 * pairs * width * passes * step.times;
  };
  for (const auto& [name, run] : divisible_runs()) {
    const double model = sum_over_ranks(run, of_model);
    EXPECT_NEAR(model / (expected(run).causal.value * tokens_of(run)), 1, 1e-12) << name;
  }
}

// 2 L h^2 12 forward, twice that backward; 2 h V three times.
TEST(StepsFlops, OfLinearLayersFollowFromTheirWidths) {
  const TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 8, .data = 2}, 32);
  const auto in = [&](StepPart part, StepPhase phase) {
    return sum_over_ranks(run,
                          [&](const Step& step) {
                            return step.part == part && step.phase == phase ? products(step) : 0;
                          }) /
           tokens_of(run);
  };
  const double h = 12288, L = 96, V = 51200;
  EXPECT_DOUBLE_EQ(in(StepPart::attention_projection, StepPhase::forward), 2 * L * h * 4 * h);
  EXPECT_DOUBLE_EQ(in(StepPart::attention_projection, StepPhase::backward), 4 * L * h * 4 * h);
  EXPECT_DOUBLE_EQ(in(StepPart::mlp, StepPhase::forward), 2 * L * h * 8 * h);
  EXPECT_DOUBLE_EQ(in(StepPart::mlp, StepPhase::backward), 4 * L * h * 8 * h);
  EXPECT_DOUBLE_EQ(in(StepPart::output, StepPhase::forward), 2 * h * V);
  EXPECT_DOUBLE_EQ(in(StepPart::output, StepPhase::backward), 4 * h * V);
  EXPECT_DOUBLE_EQ(in(StepPart::attention_core, StepPhase::forward), 4 * L * 2048 * h / 2);
  EXPECT_DOUBLE_EQ(in(StepPart::attention_core, StepPhase::backward), 2.5 * 4 * L * 2048 * h / 2);
}

TEST(StepsFlops, AreTheSameInEverySchedule) {
  TrainingRun run = run_of(deepseek_v3(), {.tensor = 2, .pipeline = 4, .data = 8}, 128);
  const double plain = sum_over_ranks(run, products);
  for (const Schedule schedule :
       {Schedule::interleaved, Schedule::zero_bubble, Schedule::dual_pipe}) {
    run.schedule = schedule;
    EXPECT_NEAR(sum_over_ranks(run, products) / plain, 1, 1e-12);
  }
}

TEST(StepsFlops, OfTheBusiestExpertsGrowWithTheirLoadAndNothingElseDoes) {
  TrainingRun run = run_of(mixtral_8x7b(), {.pipeline = 4, .data = 8, .experts = 8}, 128);
  const auto of = [&](bool experts) {
    return sum_over_ranks(run, [&](const Step& step) {
      return (step.part == StepPart::experts) == experts ? products(step) : 0;
    });
  };
  const double even = of(true), others = of(false);
  run.architecture.experts->imbalance = 1.25;
  EXPECT_NEAR(of(true) / even, 1.25, 1e-12);
  EXPECT_DOUBLE_EQ(of(false), others);
  EXPECT_DOUBLE_EQ(expected(run).hardware.value * tokens_of(run), even + others);
}

TEST(StepsFlops, AreRepeatedWhereTensorParallelRanksHoldTheSame) {
  TrainingRun run = run_of(mixtral_8x7b(), {.tensor = 4, .data = 4}, 16);
  const auto routers = [&] {
    return sum_over_ranks(
        run, [](const Step& step) { return step.part == StepPart::router ? products(step) : 0; });
  };
  const double once = 6.0 * 32 * 4096 * 8 * tokens_of(run);
  EXPECT_DOUBLE_EQ(routers(), once);
  run.split.sequence_parallel = false;
  EXPECT_DOUBLE_EQ(routers(), 4 * once);
}

// One head of keys on four ranks is projected four times.
TEST(StepsFlops, AreRepeatedForKeysThatHaveFewerHeadsThanRanks) {
  const TrainingRun run = run_of(one_key_head(), {.tensor = 4}, 4);
  const double repeated = 3 * (6.0 * 2048 * 2 * 256) * 16 * tokens_of(run);
  EXPECT_NEAR(sum_over_ranks(run, products),
              expected(run).hardware.value * tokens_of(run) + repeated, 1e-6 * repeated);
}

// Linear layers multiply in fp8; routers, logits and the core of attention do not: what a peak of
// mixed precision is made of.
TEST(StepsFlops, AreInFp8ForLinearLayersAlone) {
  TrainingRun run = run_of(deepseek_v3(), {.pipeline = 4, .data = 8, .experts = 8}, 64);
  run.precision = Precision::fp8;
  const auto in = [&](Precision precision) {
    return sum_over_ranks(
               run,
               [&](const Step& step) { return step.precision == precision ? products(step) : 0; }) /
           tokens_of(run);
  };
  const double routers = 6.0 * 58 * 7168 * 256, logits = 6.0 * 7168 * 129280;
  const double pairs = 61.0 * 128 * 2048 / 2;
  const double core = 2 * pairs * (192 + 128 + 3 * 192 + 2 * 128);
  EXPECT_DOUBLE_EQ(in(Precision::bf16), routers + logits + core);
  EXPECT_NEAR(in(Precision::fp8) + in(Precision::bf16), expected(run).hardware.value,
              1e-12 * expected(run).hardware.value);
  for (const Step& step : steps_of_stage(run, 3)) EXPECT_NE(step.precision, Precision::fp16);
}

TEST(StepsFlops, MultiplyInSixteenBitsOfTheirKind) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8}, 4);
  run.precision = Precision::fp16;
  for (const Step& step : steps_of_stage(run, 0)) {
    if (const auto* gemm = std::get_if<Gemm>(&step.operation)) {
      EXPECT_EQ(gemm->type, DType::f16);
      EXPECT_EQ(step.precision, Precision::fp16);
    }
  }
}

}  // namespace
}  // namespace shortfall

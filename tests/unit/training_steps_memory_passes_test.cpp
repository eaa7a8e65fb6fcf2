// Bytes that passes over memory read and write, per rank: counted array by array.
#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

double passed(const TrainingRun& run, StepPart part, StepPhase phase, std::int64_t stage) {
  double sum = 0;
  for (const auto& [step, pass] : all_of<MemoryPass>(steps_of_stage(run, stage), part, phase)) {
    sum += pass.bytes.value * step.times;
  }
  return sum;
}

// Of one layer and micro-batch on the second of four stages; on the first and last, of the ends.
double of_layer(const TrainingRun& run, StepPart part, StepPhase phase = StepPhase::forward) {
  const double layers = static_cast<double>(run.architecture.layers / run.split.pipeline);
  return passed(run, part, phase, 1) / layers / static_cast<double>(micro_batches(run));
}

constexpr double bf16 = 2, f32 = 4, T = 2048;

TrainingRun llama() { return run_of(llama3_405b(), {.tensor = 8, .pipeline = 14}, 28); }

TEST(StepsMemoryPasses, OfNormsAndResidualsAreSharedBySequenceParallelRanks) {
  TrainingRun run = llama();
  const double array = bf16 * T * 16384;
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::norm), 2 * 2 * array / 8);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::norm, StepPhase::backward), 2 * 3 * array / 8);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::residual), 2 * 3 * array / 8);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::residual, StepPhase::backward), 2 * 3 * array / 8);
  run.split.sequence_parallel = false;
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::norm), 2 * 2 * array);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::residual), 2 * 3 * array);
}

TEST(StepsMemoryPasses, OfRotaryEmbeddingsAreQueriesAndKeys) {
  EXPECT_DOUBLE_EQ(of_layer(llama(), StepPart::rotary), 2 * bf16 * T * 128 * (16 + 1));
  const TrainingRun latent = run_of(deepseek_v3(), {.tensor = 4}, 1);
  EXPECT_DOUBLE_EQ(passed(latent, StepPart::rotary, StepPhase::forward, 0) / 61,
                   2 * bf16 * T * 64 * (32 + 1));
}

TEST(StepsMemoryPasses, OfActivationsDependOnTheGate) {
  const double gated = bf16 * T * 53248 / 8;
  EXPECT_DOUBLE_EQ(of_layer(llama(), StepPart::activation), 3 * gated);
  EXPECT_DOUBLE_EQ(of_layer(llama(), StepPart::activation, StepPhase::backward), 5 * gated);
  const TrainingRun gpt = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4}, 4);
  const double plain = bf16 * T * 49152 / 8;
  EXPECT_DOUBLE_EQ(of_layer(gpt, StepPart::activation), 2 * plain);
  EXPECT_DOUBLE_EQ(of_layer(gpt, StepPart::activation, StepPhase::backward), 3 * plain);
}

TEST(StepsMemoryPasses, OfPermutationsCountEveryCopyOfAToken) {
  TrainingRun run = run_of(mixtral_8x7b(), {.pipeline = 4, .data = 8, .experts = 8}, 16);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::permutation), 2 * 2 * bf16 * T * 2 * 4096);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::permutation, StepPhase::backward),
                   2 * 2 * bf16 * T * 2 * 4096);
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::activation), 3 * bf16 * T * 2 * 14336);
}

TEST(StepsMemoryPasses, OfTheEnds) {
  const TrainingRun run = llama();
  const double rounds = 28, logits = T * 128256 / 8;
  EXPECT_DOUBLE_EQ(passed(run, StepPart::loss, StepPhase::forward, 13),
                   rounds * (bf16 + f32) * logits);
  EXPECT_DOUBLE_EQ(passed(run, StepPart::loss, StepPhase::backward, 13),
                   rounds * (bf16 + f32) * logits);
  EXPECT_DOUBLE_EQ(passed(run, StepPart::embedding, StepPhase::forward, 0),
                   rounds * 2 * bf16 * T * 16384);
  EXPECT_DOUBLE_EQ(passed(run, StepPart::embedding, StepPhase::backward, 0),
                   rounds * (bf16 + 2 * f32) * T * 16384);
  EXPECT_DOUBLE_EQ(
      passed(run, StepPart::norm, StepPhase::forward, 13),
      passed(run, StepPart::norm, StepPhase::forward, 1) + rounds * 2 * bf16 * T * 16384 / 8);
}

// 8 bytes of each parameter in every micro-batch, or of each that is left to the rank.
TEST(StepsMemoryPasses, OfGradientsAreReadAndWrittenInEachMicroBatch) {
  TrainingRun run = run_of(mixtral_8x7b(), {.data = 8}, 32);
  const double P = parameters(mixtral_8x7b()).total;
  const auto added_up = [&] {
    return passed(run, StepPart::gradient_accumulation, StepPhase::backward, 0);
  };
  EXPECT_NEAR(added_up(), 4 * 2 * f32 * P, 1e-12 * P);
  run.sharding = Sharding::optimizer;
  EXPECT_NEAR(added_up(), 4 * 2 * f32 * P, 1e-12 * P);
  run.sharding = Sharding::gradients;
  EXPECT_NEAR(added_up(), 4 * 2 * f32 * P / 8, 1e-12 * P);
}

// Between the reductions of several stages gradients are whole, sharded or not.
TEST(StepsMemoryPasses, OfGradientsAreThoseOfWholeStagesWhichReduceThemOnce) {
  TrainingRun run = run_of(llama3_405b(), {.pipeline = 7, .data = 8}, 64);
  const double P = 18 * (parameters(llama3_405b()).attention + parameters(llama3_405b()).mlp);
  for (const Sharding sharding : {Sharding::none, Sharding::gradients, Sharding::parameters}) {
    run.sharding = sharding;
    EXPECT_NEAR(passed(run, StepPart::gradient_accumulation, StepPhase::backward, 3),
                8 * 2 * f32 * P, 1e-9 * P);
  }
}

// Of fp16, 28 bytes of each parameter; of bf16, whose gradients have 32 bits, 30.
TEST(StepsMemoryPasses, OfTheOptimizerAreGradientMomentsAndParameters) {
  TrainingRun run = run_of(mixtral_8x7b(), {}, 32);
  const double P = parameters(mixtral_8x7b()).total;
  EXPECT_NEAR(passed(run, StepPart::optimizer, StepPhase::finish, 0), 30 * P, 1e-12 * P);
  run.precision = Precision::fp16;
  EXPECT_NEAR(passed(run, StepPart::optimizer, StepPhase::finish, 0), 28 * P, 1e-12 * P);
}

// Operands in 16 bits are read for their largest element and once more, and written in 8 bits and
// once more transposed: 6 bytes of an element. Of a linear layer's input forward, of its output's
// gradient backward; weights are quantized once a step, which is not counted.
TEST(StepsMemoryPasses, OfQuantizationAreSixBytesOfEachInputAndEachGradient) {
  TrainingRun run = llama();
  EXPECT_EQ(of_layer(run, StepPart::quantization), 0);
  run.precision = Precision::fp8;
  const double h = 16384, f = 53248 / 8, heads = 16 * 128, keys = 128;
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::quantization), 6 * T * (h + heads + h + f));
  EXPECT_DOUBLE_EQ(of_layer(run, StepPart::quantization, StepPhase::backward),
                   6 * T * (heads + 2 * keys + h + 2 * f + h));
}

// Each expert's tokens have scales of their own.
TEST(StepsMemoryPasses, OfQuantizationAreOnePassOfEachExpert) {
  TrainingRun run = run_of(mixtral_8x7b(), {.pipeline = 4, .data = 8, .experts = 2}, 16);
  run.precision = Precision::fp8;
  double passes = 0;
  for (const auto& [step, pass] :
       all_of<MemoryPass>(steps_of_stage(run, 1), StepPart::quantization, StepPhase::forward)) {
    passes += step.times;
  }
  const double layers = 8, rounds = 2, attention = 2, experts = 2 * 4;
  EXPECT_DOUBLE_EQ(passes, layers * rounds * (attention + experts));
}

}  // namespace
}  // namespace shortfall

// Attention without a kernel of its own as the list of Steps has it, and runs in 32 bits.
#include <gtest/gtest.h>

#include "model/prediction.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/training/memory.hpp"
#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

TrainingRun separate(TrainingRun run) {
  run.software.attention = AttentionKernel::separate;
  return run;
}

TrainingRun small_run() { return run_of(gpt3_175b(), {.tensor = 8, .data = 2}, 4); }

double flop_in(const TrainingRun& run, StepPhase phase) {
  return sum_over_ranks(run, [&](const Step& step) {
    const bool counts = step.part == StepPart::attention_core && step.phase == phase &&
                        !std::holds_alternative<MemoryPass>(step.operation);
    return counts ? flop_of(step) : 0;
  });
}

TEST(SeparateAttentionSteps, AreProductsAndAPassBetweenThem) {
  const std::vector<Step> list = steps_of_stage(separate(small_run()), 0);
  const auto products = all_of<Gemm>(list, StepPart::attention_core, StepPhase::forward);
  ASSERT_EQ(products.size(), 2U);
  EXPECT_EQ(products[0].second, (Gemm{2048, 2048, 128, DType::bf16, 12}));
  EXPECT_EQ(products[1].second, (Gemm{2048, 128, 2048, DType::bf16, 12}));
  EXPECT_EQ(products[0].first.times, 96 * 2);
  EXPECT_EQ(all_of<MemoryPass>(list, StepPart::attention_core, StepPhase::forward).size(), 1U);
  EXPECT_EQ(all_of<Gemm>(list, StepPart::attention_core, StepPhase::backward).size(), 4U);
  EXPECT_EQ(all_of<Attention>(list, StepPart::attention_core, StepPhase::forward).size(), 0U);
}

// One kernel multiplies half of all pairs, and queries with keys again on its way back.
TEST(SeparateAttentionSteps, MultiplyAllPairs) {
  const TrainingRun fused = small_run();
  EXPECT_DOUBLE_EQ(flop_in(separate(fused), StepPhase::forward),
                   2 * flop_in(fused, StepPhase::forward));
  EXPECT_DOUBLE_EQ(flop_in(separate(fused), StepPhase::backward),
                   2 * flop_in(fused, StepPhase::backward) * 2 / 2.5);
}

// Twice as many bytes of activations; gradients are in 32 bits anyway; the optimizer needs no copy.
TEST(RunsIn32Bits, HoldAndMoveWhatTheyMultiply) {
  TrainingRun half = small_run(), full = half;
  full.precision = Precision::fp32;
  const MemoryUse of_half = memory(half, stages(half)[0]), of_full = memory(full, stages(full)[0]);
  EXPECT_DOUBLE_EQ(of_full.parameters.value, 2 * of_half.parameters.value);
  EXPECT_DOUBLE_EQ(of_full.gradients.value, of_half.gradients.value);
  EXPECT_DOUBLE_EQ(of_full.optimizer.value, of_half.optimizer.value * 2 / 3);
  const auto optimizer = [](const TrainingRun& run) {
    const auto list = steps_of_stage(run, 0);
    return all_of<MemoryPass>(list, StepPart::optimizer, StepPhase::finish).at(0).second.bytes;
  };
  EXPECT_DOUBLE_EQ(optimizer(full) / optimizer(half), 28.0 / 30);
  for (const Step& step : steps_of_stage(full, 0)) {
    const auto* const gemm = std::get_if<Gemm>(&step.operation);
    EXPECT_TRUE(!gemm || (gemm->type == DType::f32 && step.precision == Precision::fp32));
  }
}

TEST(RunsIn32Bits, AreMultipliedAtThePeakOfTf32OrElseOfF32) {
  TrainingRun run = workload_named("llama3-8b");
  run.peak.reset();
  run.precision = Precision::fp32;
  for (const auto& [gpu, peak] : {std::pair{"A100 SXM4 80GB", 156e12}, {"V100 SXM2", 15.7e12}}) {
    run.gpu = gpu;
    EXPECT_DOUBLE_EQ(system_of(run, built_in(), "").device.peak.value, peak) << gpu;
  }
}

TEST(Contention, SlowsProductsAndHasARowOfItsOwn) {
  auto [run, system] = sample::priced(workload_named("llama3-8b"));
  const auto row = [&, &of = run](const SystemModel& on, std::string_view id) {
    for (const WaterfallRow& each : predict(of, on).waterfall) {
      if (each.id == id) return each.delta.value;
    }
    return -1.0;
  };
  EXPECT_EQ(row(system, "contention"), 0);
  SystemModel crowded = system;
  crowded.device.contention = 0.8;
  const double best = row(system, "delivered") + row(system, "clock") + row(system, "best_shape");
  EXPECT_NEAR(row(crowded, "contention"), best / 0.8 - best, 1e-9);
  const Gemm gemm{4096, 4096, 4096, DType::bf16};
  EXPECT_NEAR(price_of(gemm, Precision::bf16, crowded.device) /
                  price_of(gemm, Precision::bf16, system.device),
              1 / 0.8, 0.02);
}

TEST(Stragglers, AreAsSlowAsTheSlowestThatWasMeasured) {
  auto [run, system] = sample::priced(workload_named("llama3-8b"));
  const double expected = reality_of(run, system).waiting;
  system.slowest = RankWaits{0.5, 0.5};
  system.measured_ranks = run.gpus;
  EXPECT_EQ(reality_of(run, system).waiting, 0.5);
  system.slowest = RankWaits{0, 0};
  EXPECT_EQ(reality_of(run, system).waiting, 0);
  system.measured_ranks = run.gpus - 1;  // of the others only the spread is known
  EXPECT_EQ(reality_of(run, system).waiting, expected);
  system.slowest = RankWaits{0.5, 0.5};
  EXPECT_EQ(reality_of(run, system).waiting, 0.5);
}

TEST(Stragglers, CostMoreWhereRanksMeetInEveryLayer) {
  auto [run, system] = sample::priced(workload_named("llama3-8b"));
  system.slowest = RankWaits{.after_step = 0.1, .in_layers = 0.3};
  system.measured_ranks = run.gpus;
  run.split.tensor = 1;
  EXPECT_EQ(reality_of(run, system).waiting, 0.1);
  run.split.tensor = 2;
  EXPECT_EQ(reality_of(run, system).waiting, 0.3);
}

}  // namespace
}  // namespace shortfall

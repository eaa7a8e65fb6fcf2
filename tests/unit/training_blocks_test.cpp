// What one micro-batch does in each block, times how many of each block there are, is what steps()
// lists: the two ways of asking for a training step agree.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

struct Sums {
  double flop = 0, memory = 0, exchanged = 0, calls = 0;
};
using ByPhase = std::array<std::map<StepPart, Sums>, 4>;

void count(ByPhase& all, const Step& step, double times) {
  const Work once = work(step.operation, {.rank = 0, .size = static_cast<int>(step.group)});
  Sums& sums = all[static_cast<std::size_t>(step.phase)][step.part];
  sums.flop += once.flop.value * times;
  sums.memory += once.memory.value * times;
  sums.exchanged += once.link.value * times;
  sums.calls += times;
}

void expect_same(const ByPhase& found, const ByPhase& expected, const std::string& name) {
  for (std::size_t phase = 0; phase < found.size(); ++phase) {
    for (const auto& [part, sums] : expected[phase]) {
      const auto same = found[phase].find(part);
      ASSERT_TRUE(same != found[phase].end()) << name;
      for (const auto& [mine, theirs] : {std::pair{same->second.flop, sums.flop},
                                         {same->second.memory, sums.memory},
                                         {same->second.exchanged, sums.exchanged},
                                         {same->second.calls, sums.calls}}) {
        EXPECT_NEAR(mine, theirs, 1e-12 * theirs) << name;
      }
    }
  }
}

TEST(StepBlocks, OfAllMicroBatchesAreTheStepsOfARank) {
  for (const auto& [name, run] : divisible_runs()) {
    const std::vector<Step> each = block_steps(run);
    for (const Stage& stage : stages(run)) {
      ByPhase listed, counted;
      for (const Step& step : steps(run, stage)) count(listed, step, step.times);
      const BlockCounts blocks_of_stage = block_counts(run, stage);
      for (const Step& step : each) {
        const double blocks = blocks_of_stage[static_cast<std::size_t>(step.block)];
        const double times = blocks * static_cast<double>(micro_batches(run)) * step.times;
        if (times > 0) count(counted, step, times);
      }
      for (const Step& step : stage_steps(run, stage)) count(counted, step, step.times);
      expect_same(counted, listed, name);
      expect_same(listed, counted, name);
    }
  }
}

// Half of the products of each layer again, all passes, neither attention nor exchanges (what is
// gathered again apart): torchtitan's policy.
TEST(StepBlocks, AreDoneAgainByHalfWhereEverySecondProductIsKept) {
  TrainingRun run = run_of(llama3_405b(), {.pipeline = 7, .data = 8}, 64);
  run.recompute = Recompute::operations;
  double products = 0, passes = 0, forward_passes = 0;
  for (const Step& step : steps_of_stage(run, 3)) {
    const bool is_again = step.phase == StepPhase::recompute;
    if (const auto* pass = std::get_if<MemoryPass>(&step.operation)) {
      if (is_again) passes += pass->bytes.value * step.times;
      if (step.phase == StepPhase::forward) forward_passes += pass->bytes.value * step.times;
      continue;
    }
    if (!is_again) continue;
    EXPECT_TRUE(std::holds_alternative<Gemm>(step.operation));
    products += flop_of(step);
  }
  const Parameters each = parameters(llama3_405b());
  const double tokens = 8.0 * 2048, layers = 18;
  EXPECT_NEAR(products, 2 * (each.attention + each.mlp) * layers * tokens / 2, 1e-12 * products);
  EXPECT_DOUBLE_EQ(passes, forward_passes);
  const auto flops = [&](Recompute again) {
    return flops_per_token(llama3_405b(), 2048, again).hardware.value;
  };
  EXPECT_NEAR(flops(Recompute::operations) - flops(Recompute::none), products / tokens * 7,
              1e-6 * products / tokens);
}

}  // namespace
}  // namespace shortfall

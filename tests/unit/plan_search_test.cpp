// The best plans of known training runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "model/training/check_run.hpp"
#include "model/training/run_json.hpp"
#include "model/training/run_writing_json.hpp"
#include "model/workloads/workloads.hpp"
#include "planning.hpp"
#include "sample_runs.hpp"

namespace shortfall {
namespace {

// Who recomputes more than another one that fits is never faster.
TEST(PlanSearch, LosesNothingByPricingLess) {
  for (const auto& [name, gpus] :
       {std::pair{"llama3-70b", 96}, {"mixtral-8x7b", 64}, {"gpt3-175b", 512}}) {
    TrainingRun run = workload_named(name);
    run.gpus = gpus;
    const SystemModel system = system_for(run);
    const PlanSearch found = search_plans(run, system, nobody);
    const PlanSearch all = search_plans(run, system, nobody, {.prices_all = true});

    EXPECT_LT(found.priced, all.priced) << name;
    EXPECT_EQ(all.priced, all.fit) << name;
    ASSERT_EQ(found.best.size(), all.best.size()) << name;
    for (std::size_t i = 0; i < all.best.size(); ++i) {
      EXPECT_EQ(found.best[i].prediction.step, all.best[i].prediction.step) << name << ' ' << i;
    }
  }
}

TEST(FullestStage, IsThatOfAllStages) {
  for (const auto& [name, run] : divisible_runs()) {
    Bytes most;
    for (const Stage& stage : stages(run)) most = std::max(most, memory(run, stage).total());
    EXPECT_EQ(fullest_stage(run), most) << name;
  }
}

TEST(PlanSearch, GivesDifferentSplitsFromTheFastestOn) {
  TrainingRun run = workload_named("deepseek-v3");
  const PlanSearch found = search_plans(run, system_for(run), nobody);
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>> splits;
  for (const SplitPlan& plan : found.best) {
    const Split& s = plan.run.split;
    splits.insert({s.tensor, s.pipeline, s.context, s.experts});
  }

  EXPECT_EQ(found.best.size(), 10U);
  EXPECT_EQ(splits.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(found.best, {},
                                     [](const SplitPlan& plan) { return plan.prediction.step; }));
}

TEST(PlanSearch, GivesRunsThatCanBeAndFit) {
  for (const auto& [name, gpus] : {std::pair{"llama3-405b", 16384},
                                   {"llama3-8b", 24},
                                   {"mixtral-8x7b", 256},
                                   {"deepseek-v3", 2048},
                                   {"gpt2-124m", 4}}) {
    TrainingRun run = workload_named(name);
    run.gpus = gpus;
    const SystemModel system = system_for(run);
    const PlanSearch found = search_plans(run, system, nobody);

    ASSERT_FALSE(found.best.empty()) << name;
    for (const SplitPlan& plan : found.best) {
      EXPECT_FALSE(fault_in(plan.run)) << name;
      EXPECT_TRUE(fits(plan.run, system)) << name;
      EXPECT_EQ(plan.run.gpus, gpus);
      EXPECT_EQ(plan.run.batch, run.batch);
    }
  }
}

TEST(PlanSearch, GivesRunsThatArePredictedAlikeAfterTheyWereWritten) {
  for (const char* const name : {"llama3-405b", "mixtral-8x7b", "deepseek-v3", "gpt3-175b"}) {
    const TrainingRun run = workload_named(name);
    for (const SplitPlan& plan : search_plans(run, system_for(run), nobody).best) {
      TrainingRun read = *single_run_from(json_of(plan.run).dump(), name).run;
      const SystemModel system = system_of(read, built_in(), name);
      EXPECT_DOUBLE_EQ(predicted_step(read, system).value, plan.prediction.step.value) << name;
    }
  }
}

// Dubey et al. 2024: 8 tensor-parallel ways and 16 stages on 16,384 GPUs.
TEST(PlanSearch, SplitsLlamaAsItsAuthorsDid) {
  const TrainingRun run = workload_named("llama3-405b");
  const Split best = search_plans(run, system_for(run), nobody).best.front().run.split;

  EXPECT_EQ(best.tensor, 8);
  EXPECT_EQ(best.pipeline, 16);
  EXPECT_EQ(best.chunks, 8);
}

// That of nanoGPT, whose micro-batch of 12 sequences is no power of two.
TEST(PlanSearch, IsAtLeastAsGoodAsAPublishedSplitThatFits) {
  for (const char* const name : {"gpt2-124m", "gpt3-175b", "mixtral-8x7b"}) {
    const TrainingRun run = workload_named(name);
    const SystemModel system = system_for(run);
    ASSERT_TRUE(fits(run, system)) << name;
    EXPECT_LE(search_plans(run, system, nobody).best.front().prediction.step,
              predicted_step(run, system))
        << name;
  }
}

TEST(PlanSearch, KeepsTensorParallelismWithinTheDomain) {
  TrainingRun run = workload_named("llama3-405b");
  for (const SplitPlan& plan : search_plans(run, system_for(run), nobody).best) {
    EXPECT_LE(plan.run.split.tensor, 8);
  }
}

TEST(PlanSearch, SaysWhatTheSmallestCandidateNeedsWhereNothingFits) {
  TrainingRun run = workload_named("llama3-405b");
  run.gpus = 8;
  const SystemModel system = system_for(run);
  const PlanSearch found = search_plans(run, system, nobody);

  EXPECT_TRUE(found.best.empty());
  EXPECT_EQ(found.fit, 0U);
  EXPECT_GT(*found.smallest, found.available);
  const auto enough = gpus_that_fit(run, system);
  ASSERT_TRUE(enough);
  run.gpus = *enough;
  EXPECT_FALSE(search_plans(run, system, nobody).best.empty());
  run.gpus = *enough / 2;
  EXPECT_TRUE(search_plans(run, system, nobody).best.empty());
}

TEST(PlanSearch, NamesANumberOfGpusThatCanBeDivided) {
  TrainingRun run = workload_named("llama3-8b");
  const SystemModel system = system_for(run);
  run.gpus = 131;  // a prime that divides neither heads nor batch
  EXPECT_EQ(search_plans(run, system, nobody).candidates, 0U);
  EXPECT_EQ(gpus_that_split(run, system), 128);
  run.gpus = std::int64_t{1} << 30;  // more than heads, layers and sequences are for
  const auto fewer = gpus_that_split(run, system);
  ASSERT_TRUE(fewer);
  run.gpus = 2 * *fewer;
  EXPECT_EQ(search_plans(run, system, nobody).candidates, 0U);
}

TEST(PlanSearch, SaysHowFarItIs) {
  TrainingRun run = workload_named("llama3-8b");
  std::vector<std::size_t> done;
  std::size_t of = 0;
  const PlanSearch found =
      search_plans(run, system_for(run), [&](std::size_t so_far, std::size_t all) {
        done.push_back(so_far);
        of = all;
      });

  EXPECT_EQ(of, found.candidates);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_LT(done.back(), of);
}

}  // namespace
}  // namespace shortfall

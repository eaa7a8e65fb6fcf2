// The search for plans leaves out only what cannot win: held against one that leaves out nothing
// and was written from docs/plan.md alone.
#include "model/plan/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "model/plan/fit.hpp"
#include "model/system/run_system.hpp"
#include "model/training/check_run.hpp"
#include "model/training/memory.hpp"
#include "model/training/run_json.hpp"
#include "model/training/run_writing_json.hpp"
#include "model/workloads/workloads.hpp"
#include "sample_runs.hpp"

namespace shortfall {
namespace {

void nobody(std::size_t, std::size_t) {}

SystemModel system_for(TrainingRun run) { return system_of(run, built_in(), "test"); }

TrainingRun small_run(std::int64_t gpus) {
  TrainingRun run;
  run.architecture = {.layers = 6,
                      .hidden = 1024,
                      .heads = 12,
                      .kv_heads = 4,
                      .head_dim = 64,
                      .ffn = 3072,
                      .vocab = 32000,
                      .gated_mlp = true};
  run.gpu = "H100-SXM5-80GB";
  run.gpus = gpus;
  run.seq_len = 6144;
  run.batch = 24;
  return run;
}

TrainingRun small_run_with_experts(std::int64_t gpus) {
  TrainingRun run = small_run(gpus);
  run.architecture.experts =
      Experts{.count = 6, .per_token = 2, .shared = 1, .ffn = 1024, .dense_layers = 1};
  run.schedule = Schedule::dual_pipe;
  return run;
}

// Stage by stage.
bool fits(const TrainingRun& run, const SystemModel& system) {
  return std::ranges::all_of(stages(run), [&](const Stage& stage) {
    return memory(run, stage).total() <= system.device.memory_size * share_for_a_run;
  });
}

bool has_possible_schedule(const TrainingRun& run) {
  const std::int64_t stages = run.split.pipeline, rounds = micro_batches(run);
  const std::int64_t of_stage = (run.architecture.layers + stages - 1) / stages;
  switch (run.schedule) {
    case Schedule::interleaved:
      return stages > 1 && run.split.chunks > 1 && rounds % stages == 0 &&
             of_stage % run.split.chunks == 0;
    case Schedule::dual_pipe:
      return stages % 2 == 0 && rounds % 2 == 0 && rounds >= 2 * stages && run.split.chunks == 1;
    default:
      return run.split.chunks == 1;
  }
}

bool has_possible_sharding(const TrainingRun& run) {
  if (run.split.data * run.split.context == 1) return run.sharding == Sharding::none;
  return run.split.pipeline == 1 || run.sharding == Sharding::none ||
         run.sharding == Sharding::optimizer;
}

// All numbers of ways up to the GPUs, however absurd.
template <class Visit>
void all_splits(const TrainingRun& run, Visit visit) {
  for (std::int64_t tensor = 1; tensor <= 8; ++tensor) {
    for (std::int64_t pipeline = 1; pipeline <= run.gpus; ++pipeline) {
      for (std::int64_t context = 1; context <= 3; ++context) {  // of 2,048 tokens or more
        const std::int64_t ways = tensor * pipeline * context;
        if (run.gpus % ways != 0) continue;
        for (std::int64_t experts = 1; experts <= run.gpus; ++experts) {
          for (std::int64_t chunks = 1; chunks <= run.architecture.layers; ++chunks) {
            Split split{.tensor = tensor,
                        .pipeline = pipeline,
                        .data = run.gpus / ways,
                        .context = context,
                        .experts = experts,
                        .chunks = chunks};
            split.sequence_parallel = tensor > 1 && run.seq_len % (tensor * context) == 0;
            visit(split);
          }
        }
      }
    }
  }
}

template <class Visit>
void all_candidates(TrainingRun run, Visit visit) {
  const Schedule own = run.schedule;
  all_splits(run, [&](const Split& split) {
    run.split = split;
    for (std::int64_t size = 1; size <= run.batch; size *= 2) {
      for (const Sharding sharding :
           {Sharding::none, Sharding::optimizer, Sharding::gradients, Sharding::parameters}) {
        for (const Schedule schedule :
             std::set<Schedule>{Schedule::one_f_one_b, Schedule::interleaved, own}) {
          run.micro_batch = size;
          run.sharding = sharding;
          run.schedule = schedule;
          if (split.pipeline == 1 && schedule != Schedule::one_f_one_b) continue;
          if (fault_in(run) || !has_possible_schedule(run) || !has_possible_sharding(run)) continue;
          visit(run);
        }
      }
    }
  });
}

struct Brute {
  std::size_t candidates = 0, fit = 0;
  Seconds best{std::numeric_limits<double>::infinity()};
};

Brute brute_force(const TrainingRun& asked, const SystemModel& system) {
  Brute all;
  all_candidates(asked, [&](TrainingRun run) {
    for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
      run.recompute = recompute;
      ++all.candidates;
      if (!fits(run, system)) continue;
      ++all.fit;
      all.best = std::min(all.best, predicted_step(run, system));
    }
  });
  return all;
}

void expect_best_of_all(const TrainingRun& run, Bytes memory) {
  SystemModel system = system_for(run);
  system.device.memory_size = memory;
  const PlanSearch found = search_plans(run, system, nobody);
  const Brute all = brute_force(run, system);

  EXPECT_GT(found.candidates, 200U);
  EXPECT_EQ(found.candidates, all.candidates);
  EXPECT_EQ(found.fit, all.fit);
  EXPECT_LE(found.priced, found.fit);
  ASSERT_FALSE(found.best.empty());
  EXPECT_EQ(found.best.front().prediction.step, all.best);
}

TEST(PlanSearch, FindsTheBestOfAll) {
  for (const std::int64_t gpus : {8, 12}) expect_best_of_all(small_run(gpus), 80_GiB);
}

TEST(PlanSearch, FindsTheBestOfThoseThatFit) { expect_best_of_all(small_run(12), 3_GiB); }

TEST(PlanSearch, FindsTheBestWithExperts) {
  expect_best_of_all(small_run_with_experts(12), 80_GiB);
  expect_best_of_all(small_run_with_experts(12), 4_GiB);
}

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
  for (const Plan& plan : found.best) {
    const Split& s = plan.run.split;
    splits.insert({s.tensor, s.pipeline, s.context, s.experts});
  }

  EXPECT_EQ(found.best.size(), 10U);
  EXPECT_EQ(splits.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(found.best, {},
                                     [](const Plan& plan) { return plan.prediction.step; }));
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
    for (const Plan& plan : found.best) {
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
    for (const Plan& plan : search_plans(run, system_for(run), nobody).best) {
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

TEST(PlanSearch, KeepsTensorParallelismWithinTheDomain) {
  TrainingRun run = workload_named("llama3-405b");
  for (const Plan& plan : search_plans(run, system_for(run), nobody).best) {
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

// The search for plans leaves out only what cannot win: held against one that leaves out nothing
// and was written from docs/plan.md alone.
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "model/training/check_run.hpp"
#include "planning.hpp"

namespace shortfall {
namespace {

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
    for (std::int64_t size = 1; size <= run.batch; ++size) {
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

}  // namespace
}  // namespace shortfall

// Whether a run fits into the memory of its devices, and what is assumed so that it does.
#include "model/training/room.hpp"

#include <gtest/gtest.h>

#include "model/training/memory.hpp"
#include "tests/unit/sample_runs.hpp"

namespace shortfall {
namespace {

using Texts = std::vector<std::string>;

TrainingRun run_with(Recompute recompute, Texts assumed) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 8}, 64);
  run.recompute = recompute;
  run.assumed = std::move(assumed);
  return run;
}

// The first stage embeds and has the most micro-batches in flight.
Bytes needed_by(const TrainingRun& run) { return memory(run, stages(run).front()).total(); }

TEST(Room, IsMadeBySmallPiecesThatAreComputedAgain) {
  TrainingRun run = run_with(Recompute::none, {"vp = 1", "recompute = none"});
  const MemoryUse use = memory(run, stages(run).front());

  EXPECT_FALSE(make_room(run, (use.total() - use.activations * 0.49) * (1 / 1.1)));

  EXPECT_EQ(run.recompute, Recompute::none);
  EXPECT_EQ(run.assumed,
            (Texts{"vp = 1",
                   "recompute = norms, activation functions and up-projections, for lack of "
                   "memory"}));
}

TEST(Room, IsMadeByFullRecomputationWhereNoneWasTold) {
  TrainingRun run = run_with(Recompute::none, {"vp = 1", "recompute = none"});
  const MemoryUse use = memory(run, stages(run).front());

  EXPECT_FALSE(make_room(run, (use.total() - use.activations * 0.51) * (1 / 1.1)));

  EXPECT_EQ(run.recompute, Recompute::full);
  EXPECT_EQ(run.assumed, (Texts{"vp = 1", "recompute = full, for lack of memory"}));
}

TEST(Room, IsMadeByAShardedOptimizerFirst) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 8, .data = 8}, 64);
  run.assumed = {"fsdp_or_zero = none", "recompute = none"};

  EXPECT_FALSE(make_room(run, needed_by(run) * 0.9));

  EXPECT_EQ(run.sharding, Sharding::optimizer);
  EXPECT_EQ(run.recompute, Recompute::none);
  EXPECT_EQ(run.assumed, (Texts{"fsdp_or_zero = ZeRO-1, for lack of memory", "recompute = none"}));
}

TEST(Room, IsMadeByBothWhereOneDoesNotDo) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 8, .data = 8}, 64);
  TrainingRun least = run;
  least.sharding = Sharding::optimizer;
  least.recompute = Recompute::full;
  run.assumed = {"fsdp_or_zero = none", "recompute = none"};

  EXPECT_FALSE(make_room(run, needed_by(least)));

  EXPECT_EQ(run.sharding, Sharding::optimizer);
  EXPECT_EQ(run.recompute, Recompute::full);
}

TEST(Room, IsNotMadeWhereThereIsEnough) {
  TrainingRun run = run_with(Recompute::none, {"recompute = none"});

  EXPECT_FALSE(make_room(run, needed_by(run) * 0.92));  // 10 % too little is not known to be

  EXPECT_EQ(run.recompute, Recompute::none);
  EXPECT_EQ(run.assumed, Texts{"recompute = none"});
}

TEST(Room, LeavesWhatWasTold) {
  TrainingRun run = run_with(Recompute::none, {});

  EXPECT_FALSE(make_room(run, needed_by(run) * 0.8));

  EXPECT_EQ(run.recompute, Recompute::none);
}

TEST(Room, IsRefusedWhereNotEvenFullRecomputationFits) {
  TrainingRun run = run_with(Recompute::full, {});
  const Bytes needed = needed_by(run);

  EXPECT_FALSE(make_room(run, needed * (1 / 1.099)));
  const auto fault = make_room(run, needed * (1 / 1.101));

  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->field, "gpus");
  EXPECT_NE(fault->problem.find(" GiB on a GPU of stage 1 that has "), std::string::npos)
      << fault->problem;
}

TEST(Room, IsNotAskedForWhereMemoryIsUnknown) {
  TrainingRun run = run_with(Recompute::none, {"recompute = none"});

  EXPECT_FALSE(make_room(run, Bytes{}));

  EXPECT_EQ(run.recompute, Recompute::none);
}

}  // namespace
}  // namespace shortfall

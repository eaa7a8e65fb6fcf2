// Training runs made to fit the ranks at hand.
#include "model/proxy/fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/text.hpp"
#include "model/prediction.hpp"
#include "model/proxy/routine.hpp"
#include "model/training/check_run.hpp"
#include "proxy_runs.hpp"
#include "refusal.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

// About two cores.
SystemModel processor() {
  SystemModel system = sample::round_numbers();
  system.device.peak = system.device.without_matrix_units = {100e9};
  system.device.units = 1;
  system.device.memory = {10e9};
  system.scale_up.promised = {2e9};
  return system;
}

Room room_of(std::int64_t ranks, Bytes memory = {4e9}, Seconds step = {2}) {
  return {.ranks = ranks, .memory = memory, .step = step, .precision = Precision::fp32};
}

bool says(const FittedRun& fit, const std::string& beginning) {
  return std::ranges::any_of(fit.changes,
                             [&](const auto& each) { return each.starts_with(beginning); });
}

TEST(FittedRuns, FitWhateverTheyWere) {
  for (const Workload& workload : workloads()) {
    for (const std::int64_t ranks : {1, 2, 3, 4, 8}) {
      const TrainingRun told = workload_named(workload.name);
      const FittedRun fit = fitted(told, room_of(ranks), processor());
      EXPECT_EQ(fit.run.gpus, ranks);
      EXPECT_EQ(fault_in(fit.run), std::nullopt) << workload.name;
      const StepRoutine routine = training_routine(fit.run);
      EXPECT_LE(memory_of(routine).value, 4e9) << workload.name << " on " << ranks;
      EXPECT_LE(predicted_step(fit.run, processor()).value, 2) << workload.name << " on " << ranks;
      EXPECT_GE(micro_batches(fit.run), 1);
      EXPECT_LT(fit.factor, 1) << workload.name;
      EXPECT_GT(fit.factor, 0) << workload.name;
      EXPECT_FALSE(fit.changes.empty());
    }
  }
}

TEST(FittedRuns, StayAsTheyAreWhereTheyFit) {
  const TrainingRun told = executed(small_llama(), {.tensor = 2, .data = 2}, 8);
  const FittedRun fit = fitted(told, room_of(4, {4e9}, {100}), processor());
  EXPECT_EQ(fit.changes, std::vector<std::string>{});
  EXPECT_EQ(fit.factor, 1);
  EXPECT_EQ(fit.run.batch, 8);
  EXPECT_EQ(fit.run.split.tensor, 2);
  EXPECT_EQ(fit.run.architecture.layers, 4);
}

// To a half, a fiftieth and next to nothing of the time that it takes.
TEST(FittedRuns, AreScaledDownInOrder) {
  TrainingRun told = executed(small_llama(), {}, 32);
  told.micro_batch = 2;
  const double whole = predicted_step(told, processor()).value;
  const auto fit_to = [&](double part) {
    return fitted(told, room_of(1, {4e9}, {whole * part}), processor());
  };
  const FittedRun fewer = fit_to(0.5);
  EXPECT_TRUE(says(fewer, "micro-batches 16 -> "));
  EXPECT_EQ(fewer.changes.size(), 1U);
  EXPECT_EQ(fewer.run.architecture.layers, 4);
  EXPECT_EQ(fewer.factor, 7.0 / 16);  // the optimizer takes its time, too
  const FittedRun shallow = fit_to(0.02);
  EXPECT_EQ(micro_batches(shallow.run), 1);
  EXPECT_EQ(shallow.run.micro_batch, 1);
  EXPECT_LT(shallow.run.architecture.layers, 4);
  EXPECT_EQ(shallow.run.seq_len, 128);
  const FittedRun narrow = fit_to(0.0007);
  EXPECT_EQ(narrow.run.architecture.layers, 1);
  EXPECT_LT(narrow.run.architecture.hidden, 256);
  EXPECT_EQ(narrow.run.architecture.head_dim, 32);
}

// Micro-batches share their buffers: fewer of them would not help.
TEST(FittedRuns, KeepTheirBatchWhereMemoryIsShort) {
  const TrainingRun told = executed(small_llama(), {}, 32);
  const Bytes needed = memory_of(training_routine(told));
  const FittedRun fit = fitted(told, room_of(1, needed * 0.8, {100}), processor());
  EXPECT_EQ(fit.run.batch, 32);
  EXPECT_FALSE(fit.changes.empty());
  EXPECT_LE(memory_of(training_routine(fit.run)), needed * 0.8);
  EXPECT_NE(fit.changes.front().find(" would be needed, "), std::string::npos);
}

TEST(FittedRuns, SayWhatATimeLimitCosts) {
  const FittedRun fit = fitted(workload_named("gpt2-124m"), room_of(2), processor());
  EXPECT_TRUE(says(fit, "data-parallel ranks 8 -> 2: 2 ranks are at hand"));
  EXPECT_TRUE(says(fit, "precision bf16 -> fp32"));
  // Their buffers are the same ones: memory is no reason.
  EXPECT_TRUE(says(fit, "micro-batches 20 -> 1: a step would take ")) << join(fit.changes, "\n");
}

TEST(FittedRuns, KeepTheKindsOfParallelismThatTheRanksAllow) {
  const auto split_of = [](const Architecture& model, const Split& split, std::int64_t ranks) {
    return fitted(executed(model, split, 64), room_of(ranks), processor()).run.split;
  };
  EXPECT_EQ(split_of(small_llama(), {.tensor = 8, .data = 2}, 4).tensor, 4);
  EXPECT_EQ(split_of(small_llama(), {.tensor = 2, .data = 8}, 4).tensor, 2);
  EXPECT_EQ(split_of(small_llama(), {.tensor = 2, .data = 8}, 4).data, 2);
  EXPECT_EQ(split_of(small_llama(), {.tensor = 8, .data = 2}, 3).tensor, 1);
  EXPECT_EQ(split_of(small_mixtral(), {.data = 8, .experts = 8}, 4).experts, 4);
  EXPECT_EQ(split_of(small_llama(), {.pipeline = 4, .data = 4}, 4).pipeline, 1);
  // Ranks that share an expert would be neither neighbours nor equally far apart.
  const Split shared = split_of(small_mixtral(), {.tensor = 2, .data = 4, .experts = 2}, 8);
  EXPECT_EQ(shared.experts, 2);
  EXPECT_EQ(shared.expert_tensor, 1);
}

TEST(FittedRuns, HaveASequenceForEachDataParallelRank) {
  const FittedRun fit = fitted(executed(small_llama(), {}, 2), room_of(4), processor());
  EXPECT_EQ(fit.run.batch, 4);
  EXPECT_TRUE(says(fit, "global batch 2 -> 4"));
}

TEST(FittedRuns, KeepTheirQueriesToAKeyWhileTheyCan) {
  const auto model_in = [](Bytes memory) {
    return fitted(workload_named("llama3-8b"), room_of(2, memory), processor()).run.architecture;
  };
  const Architecture roomy = model_in({2e9}), tight = model_in({1.5e8});
  EXPECT_LT(roomy.heads, 32);
  EXPECT_EQ(roomy.heads, 4 * roomy.kv_heads);
  EXPECT_LT(tight.heads, 4);
}

TEST(FittedRuns, UseTheKernelsThatThereAre) {
  const TrainingRun told = workload_named("llama3-8b");
  Room room = room_of(1);
  EXPECT_EQ(fitted(told, room, processor()).run.software.attention, AttentionKernel::separate);
  EXPECT_TRUE(fitted(told, room, processor()).run.software.is_in_sequence);
  room.has_fused_attention = room.overlaps = true;
  EXPECT_EQ(fitted(told, room, processor()).run.software.attention, told.software.attention);
  EXPECT_FALSE(fitted(told, room, processor()).run.software.is_in_sequence);
}

TEST(FittedRuns, DropWhatOnlyTheWholeRunHas) {
  TrainingRun told = workload_named("llama3-405b");
  told.measured = Seconds{30};
  told.peak = Throughput{1e15};
  const FittedRun fit = fitted(told, room_of(2), processor());
  EXPECT_EQ(fit.run.measured, std::nullopt);
  EXPECT_EQ(fit.run.peak, std::nullopt);
  EXPECT_EQ(fit.run.split.context, 1);
}

// 2^74 scores: more than a whole number holds.
TEST(FittedRuns, FitHoweverLongTheirSequences) {
  TrainingRun told = executed(small_llama(), {}, 1);
  told.architecture.heads = told.architecture.kv_heads = 1 << 18;
  told.seq_len = 1 << 28;
  const FittedRun fit = fitted(told, room_of(2), processor());
  EXPECT_LE(memory_of(training_routine(fit.run)).value, 4e9);
  EXPECT_LE(predicted_step(fit.run, processor()).value, 2);
}

TEST(FittedRuns, AreRefusedWhereNothingIsSmallEnough) {
  const auto refusal =
      refusal_of([] { fitted(workload_named("llama3-8b"), room_of(2, {1000}), processor()); });
  EXPECT_NE(refusal.find("still too large"), std::string::npos);
  EXPECT_NE(refusal.find("1.00 kB are free"), std::string::npos) << refusal;
}

}  // namespace
}  // namespace shortfall

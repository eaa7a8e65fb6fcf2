// Training runs that are written and read again.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/prediction.hpp"
#include "model/system/run_system.hpp"
#include "model/training/run_json.hpp"
#include "model/training/run_writing_json.hpp"
#include "model/workloads/workloads.hpp"
#include "refusal.hpp"
#include "sample_runs.hpp"

namespace shortfall {
namespace {

TrainingRun again(const TrainingRun& run) {
  return *single_run_from(json_of(run).dump(), "again").run;
}

// Of all that is written: both texts are equal only if nothing was lost or changed on the way.
void expect_same_when_read(const TrainingRun& run) {
  EXPECT_EQ(json_of(again(run)).dump(2), json_of(run).dump(2));
}

TEST(WrittenRuns, WorkloadsAreTheSameWhenRead) {
  for (const Workload& workload : workloads()) expect_same_when_read(workload_named(workload.name));
}

TEST(WrittenRuns, WorkloadsArePredictedAlikeWhenRead) {
  for (const Workload& workload : workloads()) {
    TrainingRun run = workload_named(workload.name), copy = again(run);
    if (run.gpu == "cpu") continue;
    const Seconds step = predicted_step(run, system_of(run, built_in(), ""));
    const Seconds of_copy = predicted_step(copy, system_of(copy, built_in(), ""));
    EXPECT_DOUBLE_EQ(of_copy.value, step.value) << workload.name;
  }
}

TEST(WrittenRuns, EveryKindOfSplitIsTheSameWhenRead) {
  for (const auto& [name, sample] : divisible_runs()) {
    SCOPED_TRACE(name);
    TrainingRun run = sample;
    run.id = name;
    run.gpu = "H100-SXM5-80GB";
    run.split.expert_tensor = 0;  // documents do not tell it
    run.gpus = run.split.tensor * run.split.pipeline * run.split.data * run.split.context;
    if (run.outer) run.outer->link = Bandwidth{1e9};
    if (run.architecture.latent) run.architecture.experts->groups_per_token = 4;
    expect_same_when_read(run);
  }
}

TEST(WrittenRuns, KeepWhatRunsMayTellBesides) {
  TrainingRun run = workload_named("llama3-8b");
  run.measured = Seconds{3.25};
  run.peak = Throughput{9.89e14};
  run.others = {{"A100-SXM4-80GB", 3}};
  run.fabric.power_limit_w = 450.5;
  run.fabric.memory = Bandwidth{2.4e12};
  run.fabric.scale_up_gpus = 4;
  run.outer = OuterLoop{2, 50, Bandwidth{1.25e9}};
  run.reliability = Reliability{{1e9}, {60}, {600}, {86400}, false};
  run.sharding = Sharding::hybrid;
  run.split.shards = 4;
  run.context_exchange = ContextExchange::all_to_all;
  const TrainingRun read = again(run);

  expect_same_when_read(run);
  EXPECT_EQ(read.measured, run.measured);
  EXPECT_EQ(read.fabric.power_limit_w, 450.5);
  EXPECT_DOUBLE_EQ(read.fabric.memory->value, 2.4e12);
  EXPECT_EQ(read.others.size(), 1U);
  EXPECT_EQ(read.outer->local_steps, 50);
  EXPECT_EQ(read.split.shards, 4);
  EXPECT_EQ(read.reliability->repair, Seconds{86400});
}

TEST(WrittenRuns, TellThatTheyMultiply32Bits) {
  TrainingRun run = workload_named("llama3-8b");
  run.precision = Precision::fp32;
  EXPECT_EQ(again(run).precision, Precision::fp32);
  expect_same_when_read(run);
}

TEST(WrittenRuns, TellTheirSoftware) {
  TrainingRun run = workload_named("llama3-8b");
  run.software = {.attention = AttentionKernel::flash_1,
                  .fuses_passes = false,
                  .fuses_loss = false,
                  .has_dropout = true,
                  .hides_tensor_exchange = true,
                  .keeps_every_second_product = true,
                  .hides_data_exchange = false,
                  .is_in_sequence = true};
  run.recompute = Recompute::operations;
  const TrainingRun read = again(run);

  EXPECT_EQ(read.software.attention, AttentionKernel::flash_1);
  EXPECT_FALSE(read.software.fuses_loss);
  EXPECT_TRUE(read.software.hides_tensor_exchange);
  EXPECT_TRUE(read.software.is_in_sequence);
  EXPECT_EQ(read.recompute, Recompute::operations);
  expect_same_when_read(run);
}

TEST(WrittenRuns, SoftwareThatIsUnknownIsRefused) {
  const auto complaint = [](const std::string& key, const Json& value) {
    Json row = json_of(workload_named("llama3-8b"));
    row["software"][key] = value;
    return refusal_of([&] { single_run_from(row.dump(), "runs.json"); });
  };

  EXPECT_NE(complaint("attention", "flash_9").find("software.attention: expected separate"),
            std::string::npos);
  EXPECT_NE(complaint("fuses_loss", 1).find("software.fuses_loss"), std::string::npos);
  EXPECT_NE(complaint("fuses_all", true).find("a key that is known"), std::string::npos);
}

TEST(WrittenRuns, SoftwareThatIsToldInPartIsUsualForTheRest) {
  Json row = json_of(workload_named("llama3-8b"));
  row["software"] = {{"attention", "flash_1"}};
  const TrainingRun run = *single_run_from(row.dump(), "runs.json").run;

  EXPECT_EQ(run.software.attention, AttentionKernel::flash_1);
  EXPECT_TRUE(run.software.fuses_passes);
  EXPECT_NE(std::ranges::find(run.assumed, "software.fuses_passes = true"), run.assumed.end());
}

}  // namespace
}  // namespace shortfall

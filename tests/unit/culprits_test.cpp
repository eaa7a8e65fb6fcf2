// Who is behind a loss: named where somebody stands out, with what is known of why; nobody where
// all are alike.
#include <gtest/gtest.h>

#include "diagnosis/shortfall.hpp"
#include "tests/unit/report_of_steps.hpp"

namespace shortfall {
namespace {

class Told {
 public:
  Told(MadeUpRanks ranks, const TrainingRun& run) : made_up_(std::move(ranks)), run_(run) {
    made_up_.with_step(run);
  }
  ReportOfSteps& operator*() { return made_up_; }
  ReportOfSteps* operator->() { return &made_up_; }

  Shortfall all() {
    const Report& report = made_up_.report();
    return shortfall_of(
        report, predicted_on(report, {.workload = {}, .run = run_, .told = {}}, built_in()));
  }
  std::optional<Culprit> of(const std::string& row) {
    const Shortfall told = all();
    return std::ranges::find(told.waterfall, row, &ShortfallRow::id)->culprit;
  }

 private:
  ReportOfSteps made_up_;
  TrainingRun run_;
};

bool says(const std::optional<Culprit>& culprit, const std::string& words) {
  return culprit && culprit->reason.find(words) != std::string::npos;
}

TEST(CulpritOfStragglers, IsNobodyWhereAllAreAboutAsFast) {
  const TrainingRun run = small_run(8, 1);
  Told alike({.per_host = 8, .slower = {1, 1.019, 1, 1.01}}, run);
  EXPECT_FALSE(alike.of("stragglers"));
  Told scattered({.per_host = 8, .slower = {1, 1.05, 1.06, 1.04, 1.055, 1.03, 1.02, 1}}, run);
  EXPECT_FALSE(scattered.of("stragglers"));
}

TEST(CulpritOfStragglers, IsAHostWhoseRanksAllAreSlow) {
  const TrainingRun run = small_run(8, 1);
  Told told({.hosts = 4, .per_host = 2, .slower = {1, 1, 1, 1, 1.3, 1.31}}, run);
  const auto culprit = told.of("stragglers");
  ASSERT_TRUE(culprit);
  EXPECT_FALSE(culprit->rank);
  EXPECT_EQ(culprit->host, "node00002");
}

TEST(CulpritOfStragglers, WaitsForACpuIfTheKernelSaysSo) {
  const TrainingRun run = small_run(2, 1);
  Told told({.slower = {1, 1.8}}, run);
  for (Entry& entry : told->report().entries) {
    std::get<Measured>(entry.result.outcome).vitals.cpu_wait_share = AtRank{0.44, 1, "node00000"};
  }
  EXPECT_TRUE(says(told.of("stragglers"), "waited 44 % of its time for a CPU"));
}

TEST(CulpritOfStragglers, HasALowerClockIfItIsLower) {
  const TrainingRun run = small_run(2, 1);
  Told told({.slower = {1, 1.25}, .slower_clock = {1, 1.25}}, run);
  EXPECT_TRUE(
      says(told.of("stragglers"), "its clock is 1.60 GHz, that of the typical rank 2.00 GHz"));
  Told equal({.slower = {1, 1.25}}, run);
  EXPECT_TRUE(says(equal.of("stragglers"), "its clock is no lower"));
}

TEST(CulpritOfStragglers, IsInterruptedIfTheNoiseIsItsOwn) {
  const TrainingRun run = small_run(2, 1);
  Told told({.slower = {1, 1.1}}, run);
  told->add("os_noise", Suite::latency, {{"group", "all"}}, {2e-5}, {}).figures = {
      {"noise_share", 0.001, 0.002, 0.09, 1, "node00000"}};
  EXPECT_TRUE(says(told.of("stragglers"), "interrupted for 9 % of its time"));
}

TEST(CulpritOfStragglers, IsTheRankThatTheOtherOneWaitsFor) {
  const TrainingRun run = small_run(2, 1);
  Told told({.slower = {1, 1.015}}, run);
  const Seconds step = told.all().predicted_step;
  told->add("training_step", Suite::workload, {{"workload", "small"}, {"group", "world"}},
            step * 1.2, {})
      .figures = {
      {"backward.gradient_reduction.waiting_s", 0.001, 0.01, 0.1 * step.value, 0, "node00000"}};
  const auto culprit = told.of("stragglers");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->rank, 1);
  EXPECT_TRUE(says(culprit, "rank 0 waits"));
}

TEST(CulpritOfStragglers, GivesTheMfuWithTheOthersInItsPlace) {
  const TrainingRun run = small_run(8, 1);
  Told alike({.per_host = 8, .slower = {1, 1.1}}, run);
  Told told({.per_host = 8, .slower = {1, 1.1, 1.4}}, run);
  const auto culprit = told.of("stragglers");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->rank, 2);
  EXPECT_NEAR(culprit->mfu_without / told.all().mfu.causal, 1.4 / 1.1, 0.2);
  EXPECT_GT(culprit->mfu_without, told.all().mfu.causal * 1.05);
}

TEST(CulpritOfMemory, IsTheHostWithSlowerMemory) {
  const TrainingRun run = small_run(4, 1);
  Told told({.hosts = 2, .per_host = 2, .slower_memory = {1, 1, 1.5, 1.5}}, run);
  const auto culprit = told.of("memory");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->host, "node00001");
  EXPECT_TRUE(says(culprit, "50 % longer than elsewhere"));
  EXPECT_GT(culprit->mfu_without, told.all().mfu.causal);
  Told alike({.hosts = 2, .per_host = 2, .slower_memory = {1.5, 1.5, 1.5, 1.5}}, run);
  EXPECT_FALSE(alike.of("memory"));
}

TEST(CulpritOfMemory, IsANodeOfTheOnlyHost) {
  const TrainingRun run = small_run(2, 1);
  Told told({.slower_memory = {1, 1.5}}, run);
  told->report().machine.bindings[0].set = "0-3";
  told->report().machine.bindings[1].set = "56-59";
  const auto culprit = told.of("memory");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->device, "NUMA node 1");
}

TEST(CulpritOfMemory, IsAHostThatOthersUse) {
  const TrainingRun run = small_run(2, 1);
  Told told({}, run);
  for (Entry& entry : told->report().entries) {
    if (entry.result.benchmark != "step_pass") continue;
    std::get<Measured>(entry.result.outcome).vitals.other_load_share = AtRank{0.5, 0, "node00000"};
  }
  EXPECT_TRUE(says(told.of("memory"), "other processes used 50 % of its CPUs"));
}

TEST(CulpritOfTheClock, IsTheHostWithTheLowestClock) {
  const TrainingRun run = small_run(4, 1);
  MadeUpRanks ranks{.hosts = 2, .per_host = 2, .clock = 0.9, .slower_clock = {1, 1, 1.2, 1.2}};
  Told told(ranks, run);
  const auto culprit = told.of("clock");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->host, "node00001");
  EXPECT_TRUE(says(culprit, "16.7 % lower"));
  ranks.slower_clock = {1, 1, 1.009, 1.009};
  EXPECT_FALSE(Told(ranks, run).of("clock"));
}

TEST(CulpritOfExchanges, IsTheSlowestPair) {
  const TrainingRun run = small_run(4, 1);
  Told told({.hosts = 4, .per_host = 1}, run);
  told->add_messages("0-1", 1 << 20);
  told->add_messages("0-2", 1 << 20, {3, 1, 3});
  told->add_messages("0-3", 1 << 20);
  for (Entry& entry : told->report().entries) {
    if (entry.result.benchmark != "send_recv") continue;
    const auto pair = *chosen_pair(entry.result.params.text("group"));
    auto& all = std::get<Measured>(entry.result.outcome).per_rank.all;
    for (int rank = 0; rank < 4; ++rank) {
      if (rank != pair.first && rank != pair.second) all[static_cast<std::size_t>(rank)] = {0};
    }
  }
  const auto culprit = told.of("data");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->link, "ranks 0,2 on node00000 and node00002");
  EXPECT_TRUE(says(culprit, "200 % more than between others"));
  EXPECT_GT(culprit->mfu_without, told.all().mfu.causal);
}

TEST(CulpritOfExchanges, IsTheOnlyGroupWhereThereIsNoOther) {
  const TrainingRun run = small_run(2, 1);
  Told told({.hosts = 2, .per_host = 1, .slower_links = 4}, run);
  const auto culprit = told.of("data");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->link, "ranks 0-1 on node00000 and node00001");
}

TEST(CulpritOfExchanges, IsTheSlowestGroupOfThoseSideBySide) {
  const TrainingRun run = small_run(4, 2);
  Told told({.hosts = 2, .per_host = 2}, run);
  for (Entry& entry : told->report().entries) {
    auto& times = std::get<Measured>(entry.result.outcome).per_rank.all;
    const bool is_tensor = entry.result.benchmark == "step_exchange" &&
                           entry.result.params.text("group") == "blocks_of_2";
    for (const std::size_t rank : {2, 3}) {
      if (is_tensor) times[rank] = times[rank] * 2;
    }
  }
  const auto culprit = told.of("tensor");
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->link, "ranks 2-3 on node00001");
  EXPECT_EQ(culprit->host, "node00001");
}

}  // namespace
}  // namespace shortfall

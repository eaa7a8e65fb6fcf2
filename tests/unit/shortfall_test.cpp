// The shortfall of made-up runs: its shares always add up, what is planted moves its own bar and no
// other, and whoever is behind it is named.
#include "diagnosis/shortfall.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "diagnosis/measured_system.hpp"
#include "model/prediction.hpp"
#include "tests/unit/shortfall_of_steps.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t whole_ppt = 1'000'000'000'000;

Shortfall of_ranks(MadeUpRanks ranks, const TrainingRun& run) {
  ReportOfSteps made_up(std::move(ranks));
  return shortfall_on(made_up.with_step(run).report(), run);
}

// In points of a step where nothing was planted.
double points_moved(const Shortfall& before, const Shortfall& after, const std::string& id) {
  return 100 * ((row_of(after, id).delta - row_of(before, id).delta) / before.predicted_step);
}

void expect_only(const std::vector<std::string>& moved, const Shortfall& before,
                 const Shortfall& after) {
  double sum = 0;
  for (const ShortfallRow& row : before.waterfall) {
    const double points = points_moved(before, after, row.id);
    if (std::ranges::find(moved, row.id) == moved.end()) {
      EXPECT_LT(std::abs(points), 2) << row.id;
    } else {
      sum += points;
    }
  }
  EXPECT_GT(sum, 5);
}

TEST(ShortfallOfARun, MovesStragglersAloneForOneSlowRank) {
  for (const int ranks : {2, 8}) {
    const TrainingRun run = small_run(ranks, 1);
    const Shortfall before = of_ranks({.per_host = ranks}, run);
    const Shortfall after = of_ranks({.per_host = ranks, .slower = {1, 1.4}}, run);
    expect_only({"stragglers"}, before, after);
    ASSERT_TRUE(row_of(after, "stragglers").culprit);
    EXPECT_EQ(row_of(after, "stragglers").culprit->rank, 1);
    EXPECT_EQ(row_of(after, "stragglers").culprit->host, "node00000");
    EXPECT_GT(row_of(after, "stragglers").culprit->mfu_without, after.mfu.causal * 1.1);
    for (const ShortfallRow& row : before.waterfall) EXPECT_FALSE(row.culprit) << row.id;
  }
}

TEST(ShortfallOfARun, MovesMemoryAloneForSlowMemory) {
  const TrainingRun run = small_run(2, 1);
  const Shortfall before = of_ranks({}, run);
  expect_only({"memory"}, before, of_ranks({.slower_memory = {2, 2}}, run));
}

TEST(ShortfallOfARun, MovesExchangesAloneForSlowLinks) {
  const TrainingRun by_tensor = small_run(2, 2), by_data = small_run(2, 1);
  expect_only({"tensor"}, of_ranks({}, by_tensor), of_ranks({.slower_links = 12}, by_tensor));
  expect_only({"data"}, of_ranks({}, by_data), of_ranks({.slower_links = 12}, by_data));
}

TEST(ShortfallOfARun, MovesTheClockAloneForALowerClock) {
  const TrainingRun run = small_run(2, 1);
  expect_only({"clock"}, of_ranks({}, run), of_ranks({.clock = 0.8}, run));
}

TEST(ShortfallOfARun, HasSharesThatAddUpWhateverItCosts) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> log_factor(-4, 4);
  const auto factor = [&] { return std::exp(log_factor(random)); };
  for (int trial = 0; trial < 60; ++trial) {
    const TrainingRun run = small_run(4, trial % 2 == 0 ? 1 : 4);
    MadeUpRanks ranks{.per_host = 4, .clock = factor(), .slower_links = factor()};
    for (int rank = 0; rank < 4; ++rank) {
      ranks.slower.push_back(factor());
      ranks.slower_memory.push_back(factor());
    }
    ReportOfSteps made_up(ranks);
    made_up.with_step(run);
    if (trial % 3 > 0) execute(made_up, "training_step", {factor()});
    const Shortfall all = shortfall_on(made_up.report(), run);
    std::int64_t sum = 0;
    Seconds time;
    for (const ShortfallRow& row : all.waterfall) {
      sum += row.share_ppt;
      time = time + row.delta;
    }
    EXPECT_EQ(sum, whole_ppt);
    EXPECT_NEAR(time / all.measured_step.value_or(all.predicted_step), 1, 1e-9);
  }
}

TEST(ShortfallOfARun, HoldsThePredictionAgainstTheStep) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  PredictedStep before = predicted(made_up.with_step(run).report(), run);
  before.parts = {{"forward", "mlp", {0.2}, {}}, {"all", "dispatch", {0.1}, {}}};
  before.decode = DecodedToken{8, 512, {0.01}, {}};
  Measured& step = execute(made_up, "training_step", before.step * 1.25);
  step.figures = {{"forward.mlp_s", 0.2, 0.22, 0.3, 1, "node00000"},
                  {"forward.mlp.waiting_s", 0, 0.01, 0.02, 1, "node00000"}};
  execute(made_up, "decode_step", {0.02});
  const Shortfall all = shortfall_of(made_up.report(), before);
  EXPECT_EQ(all.predicted_step, before.step);
  EXPECT_EQ(all.measured_step, before.step * 1.25);
  EXPECT_EQ(all.waterfall.back().id, "residual");
  EXPECT_EQ(all.waterfall.back().source, "residual");
  EXPECT_NEAR(all.waterfall.back().delta / before.step, 0.25, 1e-9);
  EXPECT_EQ(all.parts[0].measured, Seconds{0.22});
  EXPECT_FALSE(all.parts[1].measured);
  EXPECT_EQ(all.decode->measured, Seconds{0.02});
  EXPECT_NEAR(all.delivered / (all.datasheet * all.mfu.causal), 1, 1e-12);
  EXPECT_NEAR(all.datasheet.value, ReportOfSteps::peak, 1);
  EXPECT_EQ(all.workload.name, "small");
}

TEST(ShortfallOfARun, KnowsNothingOfAStepWithWrongData) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const PredictedStep before = predicted(made_up.with_step(run).report(), run);
  execute(made_up, "training_step", {1}).verification.status = Verification::Status::failed;
  const Shortfall all = shortfall_of(made_up.report(), before);
  EXPECT_FALSE(all.measured_step);
  EXPECT_EQ(all.waterfall.back().id, "stragglers");
}

TEST(ShortfallOfARun, GoesOnWhereItMeasuredWhatCannotBe) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const Seconds before = predicted(made_up.with_step(run).report(), run).step;
  made_up.add("clock_read", Suite::latency, {{"group", "all"}}, {0}, {});
  EXPECT_EQ(predicted(made_up.report(), run).step, before);
  EXPECT_EQ(shortfall_on(made_up.report(), run).predicted_step, before);
}

TEST(ShortfallOfARun, GoesOnWhereNobodyKnowsAnything) {
  const TrainingRun run = small_run(2, 1);
  Report empty;
  empty.machine.datasheet.peak = {{DType::f32, {-1}}};
  const Shortfall all = shortfall_on(empty, run);
  EXPECT_GT(all.predicted_step, Seconds{0});
  EXPECT_EQ(all.datasheet, Throughput{16e9});
}

TEST(ShortfallOfARun, GoesByTheLinksThatAreThere) {
  TrainingRun run = small_run(4, 4);
  ReportOfSteps made_up({.hosts = 2, .per_host = 2});
  const Report& report = made_up.with_step(run).report();
  const Seconds before = predicted(report, run).step;
  run.fabric.scale_up_gpus = 8;  // of the machine for which the run was told
  run.fabric.scale_up = Bandwidth{9e11};
  EXPECT_EQ(predicted(report, run).step, before);
}

TEST(ShortfallOfARun, DoesNotCallItselfUnfinished) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  Report& report = made_up.with_step(run).report();
  report.run.status = RunStatus::partial;
  for (const std::string& words : shortfall_on(report, run).assumed) {
    EXPECT_EQ(words.find("not finished"), std::string::npos) << words;
  }
}

TEST(ShortfallOfARun, TellsWhatWorkingAtTheSameTimeCosts) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({.contention = 0.8});
  for (const char* const group : {"all", "one"}) {
    made_up.with_step(run).add_product({2048, 1024, 1024}, group);
  }
  made_up.add_exchange({Collective::Kind::all_gather, {4096}}, "blocks_of_2");
  made_up.add_exchange({Collective::Kind::all_gather, {4096}}, "first_blocks_of_2");
  made_up.add_exchange({Collective::Kind::all_gather, {8192}}, "first_blocks_of_2");
  const auto told = shortfall_on(made_up.report(), run).simultaneity;
  ASSERT_EQ(told.size(), 2);
  EXPECT_EQ(told[0].what, "step_product/shape=2048x1024x1024,batch=1,dtype=f32,group=all");
  EXPECT_NEAR(told[0].alone / told[0].together, 0.8, 1e-9);
  EXPECT_EQ(told[1].what, "step_exchange/kind=all_gather,bytes=4096,dtype=f32,group=blocks_of_2");
}

TEST(ShortfallOfARun, TellsTheRunAtItsOwnSize) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const Report& report = made_up.with_step(run).report();
  const FittedStep fitted{.workload = {}, .run = run, .told = small_run(512, 8)};
  const Shortfall all = shortfall_of(report, predicted_on(report, fitted, built_in()));
  ASSERT_TRUE(all.at_scale);
  EXPECT_EQ(all.at_scale->gpus, 512);
  EXPECT_GT(all.at_scale->step, Seconds{0});
  EXPECT_FALSE(all.at_scale->extrapolated.empty());
  std::int64_t sum = 0;
  for (const ShortfallRow& row : all.at_scale->waterfall) sum += row.share_ppt;
  EXPECT_EQ(sum, whole_ppt);
}

TEST(ShortfallOfARun, LeavesOutWhatChangesNothing) {
  const TrainingRun run = small_run(2, 1);
  for (const ShortfallWhatIf& one : of_ranks({}, run).what_if) {
    EXPECT_GT(std::abs(one.faster), 1e-4) << one.id;
  }
  EXPECT_FALSE(of_ranks({}, run).elasticity.empty());
}

TEST(ExpectedSystem, KnowsRoughFiguresWhereNobodyTellsAny) {
  TrainingRun run = small_run(2, 1);
  const SystemModel system = expected_system(Report{}, run, built_in());
  EXPECT_EQ(system.device.peak, Throughput{16e9});
  EXPECT_EQ(system.device.memory, Bandwidth{8e9});
  EXPECT_GT(predicted_step(run, system), Seconds{0});
  EXPECT_TRUE(std::isfinite(predicted_step(run, system).value));
  int rough = 0;
  for (const std::string& source : system.sources) {
    rough += source.find("rough") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(rough, 2);
}

TEST(ExpectedSystem, GoesByTheDatasheetAndNotByFiguresThatCannotBe) {
  TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  EXPECT_EQ(expected_system(made_up.report(), run, built_in()).device.peak,
            Throughput{ReportOfSteps::peak});
  made_up.report().machine.datasheet.peak = {{DType::f32, {1e300}}};
  EXPECT_EQ(expected_system(made_up.report(), run, built_in()).device.peak, Throughput{16e9});
}

TEST(ExpectedSystem, RefusesNoGpu) {
  TrainingRun run = small_run(2, 1);
  Report report;
  report.run.ranks = 2;
  report.machine.hosts = {made_up_host(0)};
  report.machine.bindings = {{.rank = 0, .host = "node00000", .gpu = "0000:1b:00.0"}};
  const SystemModel known = expected_system(report, run, built_in());
  EXPECT_GT(known.device.peak, Throughput{1e14});
  report.machine.hosts[0].gpus[0].name = report.machine.hosts[0].gpus[0].facts.name = "Imaginary";
  report.machine.hosts[0].gpus[0].vendor = "Nobody";
  EXPECT_GT(expected_system(report, run, built_in()).device.peak, Throughput{0});
}

}  // namespace
}  // namespace shortfall

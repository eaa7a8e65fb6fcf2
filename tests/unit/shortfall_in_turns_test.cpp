// What was measured in turn with a step: operations as they were then, and whom it showed to be
// slow though no single operation does.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/shortfall_of_steps.hpp"

namespace shortfall {
namespace {

struct Computing {
  double least, typical, most, together;
};

std::vector<FigureOfRanks> computing(const Computing& s, int slowest) {
  return {{"step_computing_s", s.least, s.typical, s.most, slowest, "node00000"},
          {"step_computing_typical_s", s.typical, s.typical, s.typical, 0, "node00000"},
          {"step_computing_together_s", s.together, s.together, s.together, 0, "node00000"}};
}

TEST(ShortfallInTurns, FindsARankWhoseInterruptionsAreInNoMedian) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const Shortfall quiet = shortfall_on(made_up.with_step(run).report(), run);
  Measured& step = execute(made_up, "training_step", quiet.predicted_step * 1.1);
  step.figures = computing({0.1, 0.1, 0.11, 0.115}, 1);

  const Shortfall noisy = shortfall_on(made_up.report(), run);

  const ShortfallRow& stragglers = row_of(noisy, "stragglers");
  EXPECT_GT(stragglers.delta / quiet.predicted_step, 0.07) << "a tenth of what is computed";
  EXPECT_LT(std::abs(row_of(noisy, "residual").delta / quiet.predicted_step), 0.03);
  ASSERT_TRUE(stragglers.culprit);
  EXPECT_EQ(stragglers.culprit->rank, 1);
  EXPECT_NE(stragglers.culprit->reason.find("most single operations do not"), std::string::npos);
}

TEST(ShortfallInTurns, LetsRanksThatMeetInLayersWaitForEveryInterruption) {
  const TrainingRun run = small_run(2, 2);
  ReportOfSteps made_up({});
  made_up.with_step(run);
  const auto stragglers_with = [&](double together) {
    Measured& step = execute(made_up, "training_step", {1});
    step.figures = computing({0.1, 0.1, 0.1, together}, 1);
    const Shortfall all = shortfall_on(made_up.report(), run);
    return row_of(all, "stragglers").delta.value;
  };
  EXPECT_NEAR(stragglers_with(0.12), 2 * stragglers_with(0.11), 1e-9);
}

TEST(ShortfallInTurns, TakesOperationsAsTheyWereInTurnWithTheStep) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const Seconds alone = predicted(made_up.with_step(run).report(), run).step;
  for (Entry entry : std::vector(made_up.report().entries)) {
    if (!entry.result.benchmark.starts_with("step_")) continue;
    entry.result.params.add("turn", std::string("training_step"));
    entry.result.key = key_of(entry.result.benchmark, entry.result.params);
    Measured& measured = std::get<Measured>(entry.result.outcome);
    for (Seconds& time : measured.per_rank.all) time = time * 2;
    measured.timing.throughput = sample::times(2 * measured.timing.of_primary().median.value);
    made_up.report().entries.push_back(std::move(entry));
  }
  EXPECT_NEAR(predicted(made_up.report(), run).step / alone, 2, 1e-6);
  const FittedStep fitted{{.name = "small"}, run, {}};
  EXPECT_NEAR(predicted_on(made_up.report(), fitted, built_in(), "decode_step").step / alone, 1,
              1e-9)
      << "in turn with another step";
}

// Rank 0 alone, and all ranks, as cases of their own and in turn with a step.
TEST(ShortfallInTurns, HoldsAloneAgainstTogetherInTheSameTurns) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  made_up.with_step(run).add_product({2048, 1024, 1024});
  made_up.add_product({2048, 1024, 1024}, "one");
  const auto add = [&](const char* group, Seconds time) {
    made_up.add("step_product", Suite::workload,
                {{"shape", "2048x1024x1024"},
                 {"batch", 1},
                 {"dtype", "f32"},
                 {"group", group},
                 {"turn", "training_step"}},
                time, {});
  };
  EXPECT_NEAR(shortfall_on(made_up.report(), run).simultaneity.at(0).together /
                  shortfall_on(made_up.report(), run).simultaneity.at(0).alone,
              1, 1e-9);
  add("one", {0.04});
  add("all", {0.05});
  const Shortfall all = shortfall_on(made_up.report(), run);
  ASSERT_EQ(all.simultaneity.size(), 1U) << "as it was in turn, and not twice";
  EXPECT_EQ(all.simultaneity[0].alone, Seconds{0.04});
  EXPECT_EQ(all.simultaneity[0].together, Seconds{0.05});
  EXPECT_NEAR(predicted(made_up.report(), run).system.device.contention, 0.8, 1e-9);
}

TEST(ShortfallInTurns, TakesTheLowerMedianForTypical) {
  const TrainingRun run = small_run(4, 1);
  ReportOfSteps made_up({.per_host = 4});
  Measured& step = execute(made_up.with_step(run), "training_step", {1});
  step.figures = computing({0.1, 0.1, 0.13, 0.13}, 3);  // two of four are slow
  const PredictedStep now = predicted(made_up.report(), run);
  EXPECT_NEAR(now.system.slowest.value().after_step, 0.3, 1e-9);
}

TEST(ShortfallInTurns, NamesNobodyWhereSeveralAreSlowInProducts) {
  const TrainingRun run = small_run(4, 1);
  ReportOfSteps made_up({.per_host = 4, .slower = {1, 1.4, 1.4, 1}});
  Measured& step = execute(made_up.with_step(run), "training_step", {1});
  step.figures = computing({0.1, 0.1, 0.14, 0.14}, 2);
  EXPECT_FALSE(row_of(shortfall_on(made_up.report(), run), "stragglers").culprit);
}

}  // namespace
}  // namespace shortfall

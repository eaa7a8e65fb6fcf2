// What was measured in turn with a step: operations as they were then, and whom it showed to be
// slow though no single operation does.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/shortfall_of_steps.hpp"

namespace shortfall {
namespace {

TEST(ShortfallInTurns, FindsARankWhoseInterruptionsAreInNoMedian) {
  const TrainingRun run = small_run(2, 1);
  ReportOfSteps made_up({});
  const Shortfall quiet = shortfall_on(made_up.with_step(run).report(), run);
  Measured& step = execute(made_up, "training_step", quiet.predicted_step * 1.1);
  step.figures = {{"computing_s", 0.1, 0.105, 0.11, 1, "node00000"},
                  {"computing_together_s", 0.115, 0.115, 0.115, 0, "node00000"}};

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
    step.figures = {{"computing_s", 0.1, 0.1, 0.1, 1, "node00000"},
                    {"computing_together_s", together, together, together, 0, "node00000"}};
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

}  // namespace
}  // namespace shortfall

// Operations one by one, in turn with the routine that does them in order.
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/routine_on_ranks.hpp"

namespace shortfall {
namespace {

TEST(RoutineInTurns, TellsWhatARankComputesInAStepOperationByOperation) {
  constexpr Seconds lag{0.003};

  const Result result = run_on(2, two_layers(), {.lag = {{1, lag}}})[0];

  const FigureOfRanks& computing = figure(result, "step_computing_s");
  EXPECT_NEAR(computing.min, 2 * product_time.value, 1e-12) << "twice in a step, no exchange";
  EXPECT_NEAR(computing.max, 2 * (product_time + lag).value, 1e-12);
  EXPECT_EQ(computing.rank, 1);
  const FigureOfRanks& together = figure(result, "step_computing_together_s");
  EXPECT_NEAR(together.min, 2 * (product_time + lag).value, 1e-12) << "who waits is as slow";
}

TEST(RoutineInTurns, MeasuresOperationsInTurnAndTheHeaviestProductByOneRank) {
  const auto results = run_in_turns_on(2, two_layers())[0];

  std::map<std::string, const Measured*> in_turn;
  for (std::size_t i = 1; i < results.size(); ++i) in_turn[results[i].key] = &measured(results[i]);
  ASSERT_EQ(in_turn.size(), 4U);
  const std::string product = "step_product/shape=1x1x1,batch=1,dtype=f32,group=";
  const Measured& all = *in_turn.at(product + "all,turn=training_step");
  EXPECT_EQ(all.per_rank.n, 2U);
  EXPECT_EQ(all.figures.at(0).median, 2) << "times in a step";
  const Measured& one = *in_turn.at(product + "one,turn=training_step");
  EXPECT_EQ(one.per_rank.n, 1U);
  EXPECT_EQ(one.per_rank.all.at(1), Seconds{0}) << "rank 1 is idle";
  EXPECT_EQ(one.figures.at(0).median, 0) << "no step does that";
  for (const Result& result : results) {
    if (result.benchmark == "step_exchange") {
      EXPECT_EQ(result.backend, "summing");
    }
  }
}

// Every fifth product of rank 1 is interrupted: the median of products knows nothing of it.
TEST(RoutineInTurns, SumsHaveWhatMediansDoNot) {
  Routine four{"tiny", {}, {0, 1, 2, 3}};
  for (std::int64_t n = 1; n <= 4; ++n) {
    four.operations.push_back({Gemm{.m = 1, .n = n, .k = 1}, "all", "forward", "mlp"});
  }
  constexpr Seconds interruption{0.002};
  int calls = 0;
  Behaviour planted;
  planted.interrupts = [&](int rank) { return rank == 1 && ++calls % 5 == 0; };
  planted.interruption = interruption;

  const Result result = run_on(2, four, planted)[0];

  const FigureOfRanks& computing = figure(result, "step_computing_s");
  EXPECT_NEAR(computing.min, 4 * product_time.value, 1e-12);
  EXPECT_GE(computing.max, (product_time * 4 + interruption * 0.5).value) << "in most turns";
}

}  // namespace
}  // namespace shortfall

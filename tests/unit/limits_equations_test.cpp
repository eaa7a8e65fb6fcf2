// The equations of the limits, by values computed by hand from docs/limits.md.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "model/limits/closed_form.hpp"
#include "model/limits/factors.hpp"
#include "model/limits/matmul.hpp"
#include "model/limits/rounding.hpp"
#include "model/limits/training.hpp"

namespace shortfall {
namespace {

const Assumptions assumed;

Accelerator h100() { return accelerator_named("H100 SXM"); }

TEST(LimitsRounding, TakesTheNearestAndOfTwoTheSmaller) {
  const std::vector<std::int64_t> odd = {1, 3, 5, 7, 9};
  EXPECT_EQ(nearest_nice(12, odd), 12);
  EXPECT_EQ(nearest_nice(13, odd), 12);  // as near to 14
  EXPECT_EQ(nearest_nice(13.1, odd), 14);
  EXPECT_EQ(nearest_nice(0.2, odd), 1);
  EXPECT_EQ(nearest_nice(15, odd), 14);  // as near to 16
  EXPECT_EQ(nearest_nice(std::pow(2.0, 50) + 1, odd), std::int64_t{1} << 50);
}

TEST(LimitsRounding, UsesTheSignificandsThatItIsGiven) {
  EXPECT_EQ(nearest_nice(12, {1}), 8);  // as near to 16
  EXPECT_EQ(nearest_nice(13, {1}), 16);
}

TEST(LimitsFactors, ListsDivisorsInOrder) {
  EXPECT_EQ(divisors(1), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(divisors(12), (std::vector<std::int64_t>{1, 2, 3, 4, 6, 12}));
  EXPECT_EQ(divisors(49), (std::vector<std::int64_t>{1, 7, 49}));
}

TEST(LimitsFactors, ListsOrderedFactorsFromTheFirstOn) {
  const std::vector<std::vector<std::int64_t>> expected = {{1, 4}, {2, 2}, {4, 1}};
  EXPECT_EQ(ordered_factors(4, 2), expected);
}

TEST(LimitsScaling, ShapesTheSmallestModelOfTheSweep) {
  const TrainedModel model = model_of_width(12288, 49152, Sparsity::dense, assumed);
  EXPECT_EQ(model.layers, 192);
  EXPECT_EQ(model.experts, 1);
  EXPECT_EQ(static_cast<std::int64_t>(model.parameters()),
            231928233984);  // 2 * 12288 * 49152 * 192
  EXPECT_EQ(static_cast<std::int64_t>(model.tokens()), 4638564679680);
  EXPECT_DOUBLE_EQ(model.training().value, 6 * 231928233984.0 * 4638564679680.0);
}

TEST(LimitsScaling, GivesTheModelOfThatWidthEightExperts) {
  EXPECT_EQ(model_of_width(12288, 49152, Sparsity::sparse, assumed).experts, 8);
}

TEST(LimitsScaling, BatchFollowsTheRule) {
  const TrainedModel model = model_of_width(12288, 49152, Sparsity::dense, assumed);
  EXPECT_EQ(batch_sequences(model, BatchRule::fixed, assumed), 2048);
  EXPECT_EQ(batch_sequences(model, BatchRule::critical, assumed), 3584);
  EXPECT_EQ(batch_sequences(model, BatchRule::optimistic, assumed) * 2048, 37748736);
}

TEST(LimitsScaling, CountsAreExactBeyondWhatADoubleHolds) {
  const TrainedModel model{.d_model = 94906267, .d_ff = 94906267, .layers = 3};
  EXPECT_EQ(static_cast<std::uint64_t>(model.parameters()), 2ULL * 94906267 * 94906267 * 3);
}

TEST(LimitsProduct, OfLargeMatricesRunsAtTheSustainedRate) {
  const Accelerator a100 = accelerator_named("A100 SXM");
  const double flop = 2 * std::pow(8192.0, 3);
  EXPECT_DOUBLE_EQ(product_time({8192, 8192, 8192}, a100, assumed).value,
                   flop / a100.sustained().value + 4.5e-6);
}

TEST(LimitsProduct, MatchesPublishedTimes) {
  EXPECT_NEAR(product_time({2048, 4096, 192}, h100(), assumed).value, 10.330771e-6, 1e-12);
  EXPECT_NEAR(product_time({2048, 4096, 192, true}, h100(), assumed).value, 10.563259e-6, 1e-12);
  EXPECT_NEAR(product_time({416, 416, 48}, h100(), assumed).value, 4.524801e-6, 1e-12);
}

TEST(LimitsProduct, ThatFitsAllStoresReadsItsWeightsNotAgain) {
  // 4 words of 2 bytes fit a store of 8: one tile, resident in two stores.
  const Traffic moved = traffic({2, 2, 10}, {.capacity = {8}, .concurrent = 2}, 2);
  EXPECT_DOUBLE_EQ(moved.from_above.value, 2 * 10 * 2 + 2 * 10 * 2);  // inputs once, outputs once
  EXPECT_DOUBLE_EQ(moved.between_stores.value, 0);
}

TEST(LimitsProduct, ThatIsCutIntoFourReadsInputsTwice) {
  // 16 words in stores of 4 words: tiles of 2 x 2, two rows and two columns of them.
  const Traffic moved = traffic({4, 4, 10}, {.capacity = {8}}, 2);
  const double weights = 4 * 4 * 2, one_side = 4 * 10 * 2;
  EXPECT_DOUBLE_EQ(moved.from_above.value, weights + 2 * one_side + (2 * 2 - 1) * one_side);
}

TEST(LimitsProduct, ForGradientsReadsAndWritesThem) {
  const Traffic moved = traffic({4, 4, 10, true}, {.capacity = {8}}, 2);
  const double weights = 4 * 4 * 2, one_side = 4 * 10 * 2;
  EXPECT_DOUBLE_EQ(moved.from_above.value, 2 * weights + 2 * one_side + 2 * one_side);
}

TEST(LimitsProduct, NeighboursServeEachOtherWhereStoresAreShared) {
  const Traffic moved =
      traffic({4, 4, 10}, {.capacity = {8}, .concurrent = 4, .is_shared = true}, 2);
  const double weights = 4 * 4 * 2, one_side = 4 * 10 * 2;
  EXPECT_DOUBLE_EQ(moved.from_above.value, weights + one_side + one_side);
  EXPECT_DOUBLE_EQ(moved.between_stores.value, 2 * one_side + 2 * (2 - 1) * one_side);
}

TEST(LimitsNetwork, AllReduceOfOneIsFree) {
  const Delay delay = all_reduce({h100(), 8}, 1, 1, 1000, {10, 10});
  EXPECT_EQ(delay.latency.value, 0);
  EXPECT_EQ(delay.bandwidth.value, 0);
}

TEST(LimitsNetwork, AllReduceCostsTwoHopsAndTwiceTheWordsOfAllButOne) {
  const Delay delay = all_reduce({h100(), 1024}, 1, 8, 12288, {192, 4096});
  EXPECT_DOUBLE_EQ(delay.latency.value, 2 * 192 * 1.125e-6);
  EXPECT_DOUBLE_EQ(delay.bandwidth.value, 2.0 * 7 * 12288 * 192 * 4096 * 2 / (1024 * 100e9 / 2));
}

TEST(LimitsNetwork, PointToPointCostsOneHop) {
  const Delay delay = point_to_point({h100(), 1024}, 0, 12288, {10.5, 4194304});
  EXPECT_DOUBLE_EQ(delay.latency.value, 10.5 * 1.125e-6);
  EXPECT_DOUBLE_EQ(delay.bandwidth.value, 12288 * 10.5 * 4194304 * 2 / (1024 * 900e9 / 2));
}

TEST(LimitsNetwork, InfiniteBandwidthTakesNoTime) {
  const Accelerator gpu = accelerator_named("H100 SXM Infinite Network and LL");
  EXPECT_EQ(all_reduce({gpu, 1024}, 0, 8, 12288, {}).bandwidth.value, 0);
}

TEST(LimitsNetwork, NothingIsPassedOnWithoutStagesAndExperts) {
  const Delay delay = pass_activations({h100(), 8}, {}, 12288, 24, 4194304);
  EXPECT_EQ(delay.latency.value, 0);
  EXPECT_EQ(delay.bandwidth.value, 0);
}

TEST(LimitsTraining, TwoStagesOfOneMicroBatchIdleHalfTheTime) {
  Division division;
  division.stages[0] = 2;
  EXPECT_DOUBLE_EQ(idle_share(division), 0.5);
  division.micro_batches = 3;
  EXPECT_DOUBLE_EQ(idle_share(division), 1.0 / (1 + 3));
  division.interleave = 2;
  EXPECT_DOUBLE_EQ(idle_share(division), 1.0 / (1 + 6));
  division.zero_bubble = true;
  EXPECT_EQ(idle_share(division), 0);
}

TEST(LimitsTraining, StepsAreFasterOnFasterLinks) {
  const LimitRun run{.model = model_of_width(12288, 49152, Sparsity::dense, assumed),
                     .batch_sequences = 2048};
  Division division;
  division.data = {1, 16, 1, 1};
  division.widths.ff = {8, 1, 1, 1};
  Accelerator fast = h100();
  fast.network[1].both_ways = fast.network[1].both_ways * 2;
  const StepTime slow_step = step_time(run, division, h100(), assumed);
  const StepTime fast_step = step_time(run, division, fast, assumed);
  EXPECT_LT(fast_step.step, slow_step.step);
  EXPECT_DOUBLE_EQ(fast_step.data.bandwidth.value, slow_step.data.bandwidth.value / 2);
}

TEST(LimitsTraining, EveryRateTimesTenIsTenTimesAsFast) {
  const LimitRun run{.model = model_of_width(12288, 49152, Sparsity::dense, assumed),
                     .batch_sequences = 2048};
  Division division;
  division.data = {1, 16, 1, 1};
  division.widths.ff = {8, 1, 1, 1};
  Accelerator fast = h100();
  fast.max_clock = fast.max_clock * 10;
  fast.memory_rate = fast.memory_rate * 10;
  fast.l2_rate = fast.l2_rate * 10;
  fast.product_latency = fast.product_latency / 10;
  for (NetworkLevel& level : fast.network) {
    level = {level.both_ways * 10, level.latency / 10};
  }
  EXPECT_NEAR(
      step_time(run, division, fast, assumed).step / step_time(run, division, h100(), assumed).step,
      0.1, 1e-12);
}

TEST(LimitsClosedForm, GivesThePublishedWallsOfTheH100) {
  EXPECT_NEAR(bandwidth_limit(h100(), {}).end_of_linear_scaling.value, 1.92e28, 0.01e28);
  EXPECT_NEAR(product_latency(h100()).value, 9e-6, 1e-18);
  EXPECT_NEAR(latency_limit(product_latency(h100()), {}).value, 2.31e31, 0.01e31);
}

TEST(LimitsClosedForm, TwiceTheNetworkCarriesSixteenTimesAndHalfTheLatencyFourTimesAsFar) {
  Accelerator twice = h100();
  twice.network.back().both_ways = twice.network.back().both_ways * 2;
  EXPECT_NEAR(bandwidth_limit(twice, {}).end_of_linear_scaling /
                  bandwidth_limit(h100(), {}).end_of_linear_scaling,
              16, 1e-9);
  EXPECT_NEAR(latency_limit({4.5e-6}, {}) / latency_limit({9e-6}, {}), 4, 1e-9);
}

TEST(LimitsAccelerators, UnknownNamesGetTheNearestOnes) {
  try {
    accelerator_named("H100 SMX");
    FAIL();
  } catch (const BadUsage& problem) {
    EXPECT_NE(std::string(problem.what()).find("H100 SXM"), std::string::npos);
  }
}

}  // namespace
}  // namespace shortfall

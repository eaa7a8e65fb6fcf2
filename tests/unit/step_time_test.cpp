// How the costs of parts become the time of a step: stages, bubbles, what is hidden behind what.
// Made of costs that are made up, one at a time.
#include <gtest/gtest.h>

#include <cmath>

#include "model/step_time/assembly.hpp"

namespace shortfall {
namespace {

PassCost products(double seconds) {
  PassCost pass;
  pass.products = {seconds};
  return pass;
}

StageCost stage_of(const PassCost& forward, const PassCost& backward) {
  StageCost stage;
  stage.layers = {forward, {}, backward};
  stage.layer_count = 1;
  return stage;
}

// 4 stages of one layer: 1 s forward and 2 s backward for each of 16 micro-batches.
struct Made {
  TrainingRun run;
  Costs costs;
  Reality reality;

  Made() {
    run.split.pipeline = 4;
    costs = {.stages = {{stage_of(products(1), products(2)), 4}}, .micro_batches = 16};
    reality.arithmetic = {30};
    reality.best_shape = 0.8;
  }
  StageCost& stage() { return costs.stages.front().cost; }
  PassCost& pass(StepPhase phase) { return stage().layers[static_cast<std::size_t>(phase)]; }
  PassCost& forward() { return pass(StepPhase::forward); }
  PassCost& again() { return pass(StepPhase::recompute); }
  PassCost& backward() { return pass(StepPhase::backward); }
  double time(int until = losses) {
    reality.run = &run;
    return step_time(costs, reality, until).value;
  }
  double loss(Loss which) {
    return time(static_cast<int>(which) + 1) - time(static_cast<int>(which));
  }
};

TEST(StepTime, BeginsWithTheArithmeticAtThePeak) {
  Made made;
  made.reality.clock = 0.9;
  made.reality.mean_peak = 1.5;
  EXPECT_DOUBLE_EQ(made.time(0), 30);
  EXPECT_DOUBLE_EQ(made.time(1), 30 * 1.5);
  EXPECT_DOUBLE_EQ(made.time(2), 30 * 1.5 / 0.9);
  EXPECT_DOUBLE_EQ(made.time(3), 30 * 1.5 / 0.9 / 0.8);
  made.reality.contention = 0.7;
  EXPECT_DOUBLE_EQ(made.time(4), 30 * 1.5 / 0.9 / 0.8 / 0.7);
}

// m tau + (p - 1) tau of 1F1B, (p - 1) / v of interleaved stages, none of ZB-H1; of DualPipe p/2 -
// 1 weight gradients' times, a third of a micro-batch each.
TEST(StepTime, HasTheBubbleOfItsSchedule) {
  Made made;
  EXPECT_DOUBLE_EQ(made.time(), 16 * 3 + 3 * 3);
  made.run.schedule = Schedule::interleaved;
  made.run.split.chunks = 3;
  EXPECT_DOUBLE_EQ(made.time(), 16 * 3 + 3);
  made.run.schedule = Schedule::zero_bubble;
  EXPECT_DOUBLE_EQ(made.time(), 16 * 3);
  made.run.schedule = Schedule::dual_pipe;
  EXPECT_DOUBLE_EQ(made.loss(Loss::bubble), (4 / 2 - 1) * 3.0 / 3);
}

// Three stages of 3 s wait for one of 5 s in all 16 micro-batches; filling takes the mean, 3.5 s.
TEST(StepTime, FollowsTheStageThatHasMostToDo) {
  Made made;
  made.costs.stages.front().stages = 3;
  made.costs.stages.push_back({stage_of(products(2), products(3)), 1});
  EXPECT_DOUBLE_EQ(made.time(), 16 * 5 + 3 * 3.5);
  EXPECT_DOUBLE_EQ(made.loss(Loss::imbalance), 16 * (5 - 3.5));
}

// What nothing hides is seen; of what runs piece by piece beside products, the first piece and what
// outlasts them.
TEST(StepTime, SeesOfTensorExchangeWhatProductsDoNotHide) {
  Made made;
  made.run.split.pipeline = 1;
  made.run.split.tensor = 8;
  made.forward().tensor = {0.8};
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * 0.8, 1e-9);
  made.forward().hideable_tensor = {0.8};
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * 0.1, 1e-9);
  made.forward().tensor = made.forward().hideable_tensor = {2};
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * (0.25 + (2 - 0.25 - 1)), 1e-9);
  made.forward().attention = {0.4};  // beside which no operand of a linear layer is awaited
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * (0.25 + (2 - 0.25 - 0.6)), 1e-9);
}

// A ring's keys and values travel beside attention, nothing else.
TEST(StepTime, SeesOfARingWhatAttentionDoesNotHide) {
  Made made;
  made.run.split.pipeline = 1;
  made.forward().attention = {0.4};
  made.forward().context = {0.6};
  made.forward().hideable_context = {0.5};
  EXPECT_NEAR(made.loss(Loss::context), 16 * (0.1 + 0.1), 1e-9);
}

TEST(StepTime, SeesGradientsThatOutlastTheLastBackwardPass) {
  Made made;
  made.stage().layer_count = 10;
  made.stage().reduce = {5};
  made.stage().gather = {0.5};
  // 5 s beside 2 s of backward; 0.5 s beside 1 s of forward, but for the first layer's tenth.
  EXPECT_NEAR(made.loss(Loss::data), 3 + 0.05, 1e-9);
  made.run.software.hides_data_exchange = false;
  EXPECT_NEAR(made.loss(Loss::data), 5.5, 1e-9);
}

TEST(StepTime, SeesParametersThatAreGatheredSlowerThanComputed) {
  Made made;
  made.run.split.pipeline = 1;
  made.stage().layer_count = 10;
  made.forward().parameters = {1.5};
  made.backward().parameters = {1};
  EXPECT_NEAR(made.loss(Loss::data), 16 * (0.5 + 0.1), 1e-9);
}

// One operation after the other: nothing is hidden behind anything.
TEST(StepTime, SeesEveryExchangeOfWhatIsDoneInSequence) {
  Made made;
  made.run.split.pipeline = 1;
  made.run.software.is_in_sequence = true;
  made.stage().layer_count = 10;
  made.again().tensor = {0.9};
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * 0.9, 1e-9);
  made.forward().parameters = {1.5};
  made.backward().parameters = {1};
  EXPECT_NEAR(made.loss(Loss::data), 16 * 2.5, 1e-9);
}

// Half of a backward pass's products are gradients of weights, beside which the other half's
// operands are gathered again.
TEST(StepTime, HidesWhatIsGatheredAgainBehindGradientsOfWeights) {
  Made made;
  made.run.split.pipeline = 1;
  made.run.split.tensor = 8;
  made.again().tensor = {0.9};
  EXPECT_NEAR(made.loss(Loss::tensor), 0, 1e-9);
  made.again().tensor = {1.2};
  EXPECT_NEAR(made.loss(Loss::tensor), 16 * 0.2, 1e-9);
}

TEST(StepTime, CountsWhatIsComputedAgainOnce) {
  Made made;
  made.run.split.pipeline = 1;
  made.again() = products(1);
  made.backward().beyond_model = {0.25};
  EXPECT_NEAR(made.loss(Loss::recompute), 16 * 1.25, 1e-9);
  EXPECT_NEAR(made.time(), 16 * 4, 1e-9);
}

// Where host and device take as long, the cube root of two: a quarter more than either. The
// backward pass begins without a lead, and so do embedding and loss.
TEST(StepTime, WaitsInEachPassForAHostThatIsSlowerThanItsDevice) {
  Made made;
  made.run.split.pipeline = 1;
  made.forward().dispatch = {0.003};
  EXPECT_NEAR(made.loss(Loss::dispatch), 0, 1e-6);
  made.forward().dispatch = {1};
  EXPECT_NEAR(made.loss(Loss::dispatch), 16 * (std::cbrt(2.0) - 1), 1e-9);
  made.backward().dispatch = {2};
  EXPECT_NEAR(made.loss(Loss::dispatch), 16 * 3 * (std::cbrt(2.0) - 1), 1e-9);
  made.stage().ends[0] = products(1);
  EXPECT_NEAR(made.loss(Loss::dispatch), 16 * 3 * (std::cbrt(2.0) - 1), 1e-9);
  made.stage().ends[0].dispatch = {1000};
  EXPECT_NEAR(made.time(), 16 * (3 * std::cbrt(2.0) + 1000), 1e-3);
}

TEST(StepTime, AddsTheOptimizerAndOtherClustersOnce) {
  Made made;
  made.stage().optimizer = {2};
  made.stage().outer = {7};
  EXPECT_NEAR(made.loss(Loss::outer), 7, 1e-9);
  EXPECT_NEAR(made.time(), 16 * 3 + 3 * 3 + 2 + 7, 1e-9);
}

TEST(StepTime, IsLongerForAllByWhatTheSlowestRankTakes) {
  Made made;
  const double alike = made.time();
  made.reality.waiting = 0.04;
  EXPECT_NEAR(made.time(), alike * 1.04, 1e-9);
}

TEST(StepTime, SlowsWhileDataAreMovedBeside) {
  Made made;
  made.run.split.pipeline = 1;
  made.forward().slowed = {0.12};
  made.backward().slowed = {0.03};
  EXPECT_NEAR(made.loss(Loss::interference), 16 * 0.15, 1e-9);
}

}  // namespace
}  // namespace shortfall

// Published runs that differ in one thing: the model must turn the way in which measurements did.
// Rows of tests/data/contrasts.json and published_runs.json; no constant was fitted to any of them.
#include <gtest/gtest.h>

#include "sample_systems.hpp"

namespace shortfall {
namespace {

double predicted(const std::string& id) { return sample::step_of(sample::published(id)); }
double measured(const std::string& id) { return sample::published(id).measured->value; }

double predicted_ratio(const std::string& slow, const std::string& fast) {
  return predicted(slow) / predicted(fast);
}
double measured_ratio(const std::string& slow, const std::string& fast) {
  return measured(slow) / measured(fast);
}

double predicted_mfu(const TrainingRun& run) {
  const auto [priced, system] = sample::priced(run);
  return predict(priced, system).mfu.causal;
}

// 18.13 s with everything computed again, 13.75 s with attention's core alone; 94.42 and 71.49 s.
TEST(Contrast, OfRecomputationIsWhatKorthikantiMeasured) {
  EXPECT_NEAR(predicted_ratio("kort22-gpt-175B-full", "kort22-gpt-175B-seqsel"), 18.13 / 13.75,
              0.1);
  EXPECT_NEAR(predicted_ratio("kort22-gpt-1008B-full", "kort22-gpt-1008B-seqsel"), 94.42 / 71.49,
              0.1);
}

// Of 13,824 wide layers: 64 heads of 216, 96 of 144, and 128 of 108, whose rows of 216 bytes are no
// multiple of 16: 103.5, 107.1 and 147.4 s.
TEST(Contrast, OfHeadsFindsTheDimensionThatMatrixUnitsCannotLoad) {
  const double few = predicted("bloom-heads-64"), more = predicted("bloom-heads-96"),
               odd = predicted("bloom-heads-128");
  EXPECT_LT(few, more);
  EXPECT_LT(more / few, 1.1);
  EXPECT_GT(odd / more, 1.2);
  EXPECT_GT(measured("bloom-heads-128") / measured("bloom-heads-96"), 1.2);
}

// 14,400 wide with 96 heads of 150 computes a fifth slower than 13,824 with 64 heads of 216: 94.4
// and 120.1 TFLOP/s.
TEST(Contrast, OfWidthsIsThatOfTheirHeads) {
  const double wide = predicted_mfu(sample::published("bloom-14400")),
               narrow = predicted_mfu(sample::published("bloom-heads-64"));
  EXPECT_LT(wide, 0.9 * narrow);
  EXPECT_GT(wide, 0.6 * narrow);
}

// 32 to 128 micro-batches through 12 stages. Each 512 sequences more take as long; what is left
// over are 11 micro-batches of bubble, and exchange of gradients and the optimizer.
TEST(Contrast, OfBatchesLeavesTheBubbleOfElevenMicroBatches) {
  std::vector<double> steps;
  for (const char* const id :
       {"bloom-gbs-512", "bloom-gbs-1024", "bloom-gbs-1536", "bloom-gbs-2048"})
    steps.push_back(predicted(id));
  const double each = (steps[3] - steps[0]) / 96;
  for (std::size_t i = 1; i < steps.size(); ++i)
    EXPECT_NEAR(steps[i] - steps[i - 1], 32 * each, 1e-6);
  const double left_over = steps[0] / each - 32, left_over_measured = 12.0 / 0.743;
  EXPECT_GT(left_over, 10);
  EXPECT_LT(left_over, left_over_measured + 2);
  EXPECT_NEAR(each, (measured("bloom-gbs-2048") - measured("bloom-gbs-512")) / 96, 0.3);
}

// 3.6B on 64 GPUs: 8 ranks within NVLink 4.97 s, 16 ranks on two hosts 10.58 s.
TEST(Contrast, OfTensorParallelRanksEndsWithTheirDomain) {
  EXPECT_GT(predicted_ratio("vtrain-m021", "vtrain-m016"), 1.4);
  EXPECT_GT(measured_ratio("vtrain-m021", "vtrain-m016"), 2);
}

// MegaScale on 3,072 and 12,288 GPUs: 59.1 and 55.2 %. Llama 3 on 8,192 and 16,384: 43 and 41 %.
TEST(Contrast, OfMoreRanksForTheSameBatchIsALowerMfu) {
  const double few = predicted_mfu(sample::published("megascale-3072")),
               many = predicted_mfu(sample::published("megascale-12288"));
  EXPECT_LT(many, few - 0.01);
  EXPECT_GT(many, few - 0.15);
  TrainingRun half = workload_named("llama3-405b");
  const double whole = predicted_mfu(half);
  half.gpus = 8192;
  half.split.data = 64;
  EXPECT_GT(predicted_mfu(half), whole + 0.005);
}

// 500 W: 6,667 tokens/s of each GPU, 39 %, where 45 to 49 % are usual at 700 W.
TEST(Contrast, OfPowerLimitsIsAFractionOfTheClock) {
  TrainingRun run = sample::published("titan-8b-8-compile");
  ASSERT_EQ(run.fabric.power_limit_w, 500);
  const double limited = predicted_mfu(run);
  run.fabric.power_limit_w = 700;
  const double free = predicted_mfu(run);
  EXPECT_GT(free / limited, 1.03);
  EXPECT_LT(free / limited, std::cbrt(700.0 / 500) + 0.05) << "the cube root of all its power";
}

TEST(Contrast, OfSoftwareIsWhatTorchtitanMeasured) {
  EXPECT_GT(predicted_ratio("titan-8b-8-fsdp", "titan-8b-8-compile"), 1.05);
  EXPECT_GT(measured_ratio("titan-8b-8-fsdp", "titan-8b-8-compile"), 1.15);
  EXPECT_GT(predicted_ratio("titan-8b-8-compile", "titan-8b-8-compile-f8"), 1.1);
  EXPECT_GT(measured_ratio("titan-8b-8-compile", "titan-8b-8-compile-f8"), 1.25);
  EXPECT_GT(predicted_ratio("titan-70b-256-bf16-tp", "titan-70b-256-bf16-asynctp"), 1.02);
  EXPECT_GT(measured_ratio("titan-70b-256-bf16-tp", "titan-70b-256-bf16-asynctp"), 1.05);
}

// MegaScale's own list: overlapping tensor-parallel and gradient exchange each help.
TEST(Contrast, OfOverlapIsAHigherMfu) {
  TrainingRun run = sample::published("megascale-12288");
  for (bool Software::*const hides :
       {&Software::hides_tensor_exchange, &Software::hides_data_exchange}) {
    run.software.*hides = false;
    const double exposed = predicted_mfu(run);
    run.software.*hides = true;
    EXPECT_GT(predicted_mfu(run), exposed + 0.002);
  }
}

}  // namespace
}  // namespace shortfall

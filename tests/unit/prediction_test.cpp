// What holds of every prediction: of all workloads on devices from V100 to MI300X, and of published
// runs of all sources.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t whole = 1'000'000'000'000;

const std::vector<sample::PricedRun>& all() {
  static const std::vector<sample::PricedRun> runs = sample::all_runs();
  return runs;
}

std::int64_t shares(const RunPrediction& prediction) {
  std::int64_t sum = 0;
  for (const WaterfallRow& row : prediction.waterfall) sum += row.share;
  return sum;
}

double seconds(const RunPrediction& prediction) {
  double sum = 0;
  for (const WaterfallRow& row : prediction.waterfall) sum += row.delta.value;
  return sum;
}

sample::PricedRun workload(const std::string& name) { return sample::priced(workload_named(name)); }

TEST(Prediction, IsATimeForEachRun) {
  EXPECT_GE(all().size(), 360U);
  for (const auto& [run, system] : all()) {
    const double step = predict(run, system).step.value;
    EXPECT_TRUE(std::isfinite(step) && step > 0) << run.id << ": " << step;
  }
}

TEST(Prediction, HasAWaterfallWhoseSharesAreExactlyTheWhole) {
  for (const auto& [run, system] : all()) {
    const RunPrediction prediction = predict(run, system);
    EXPECT_EQ(shares(prediction), whole) << run.id;
    const double step = run.measured.value_or(prediction.step).value;
    EXPECT_NEAR(seconds(prediction) / step, 1, 1e-12) << run.id;
  }
}

// What is delivered is the arithmetic that the model asks for: the MFU that weighs types.
TEST(Prediction, BeginsItsWaterfallWithTheMfu) {
  for (auto [run, system] : all()) {
    run.measured.reset();
    const RunPrediction prediction = predict(run, system);
    EXPECT_EQ(prediction.waterfall.front().id, "delivered");
    EXPECT_NEAR(static_cast<double>(prediction.waterfall.front().share) / 1e12,
                prediction.mfu.weighted, 1e-12)
        << run.id;
  }
}

// Nothing gives time back, but for attention where its best kernel is nearer to the peak than the
// best product is.
TEST(Prediction, HasNoGainAmongItsLosses) {
  for (auto [run, system] : all()) {
    run.measured.reset();
    const auto kernel = static_cast<std::size_t>(run.software.attention);
    const bool is_ahead = system.device.attention[kernel].forward > system.device.best_shape;
    for (const WaterfallRow& row : predict(run, system).waterfall) {
      if (is_ahead && row.id == "shapes") continue;
      EXPECT_GE(row.delta.value, -1e-12 * predicted_step(run, system).value)
          << run.id << ": " << row.id;
    }
  }
}

// Time is homogeneous in all times of which it is made (Euler).
TEST(Prediction, DependsOnAllResourcesTogetherByOne) {
  for (const auto& [run, system] : all()) {
    double sum = 0;
    for (const Elasticity& one : predict(run, system).elasticity) sum += one.value;
    EXPECT_NEAR(sum, 1, 1e-6) << run.id;
  }
}

TEST(Prediction, IsNeverSlowerWithMoreOfAResource) {
  for (const auto& [run, system] : all()) {
    const double before = predicted_step(run, system).value;
    for (int i = 0; i < resources; ++i) {
      for (const double more : {1.01, 1.5, 10.0}) {
        const auto resource = static_cast<Resource>(i);
        EXPECT_LE(predicted_step(run, with_more(system, resource, more)).value,
                  before * (1 + 1e-12))
            << run.id << ": " << more << " x " << name_of(resource);
      }
    }
  }
}

TEST(Prediction, IsAsMuchFasterAsAllResourcesTogether) {
  for (const auto& [run, system] : all()) {
    SystemModel twice = system;
    for (int i = 0; i < resources; ++i) twice = with_more(twice, static_cast<Resource>(i), 2);
    EXPECT_NEAR(predicted_step(run, system) / predicted_step(run, twice), 2, 1e-9) << run.id;
  }
}

TEST(Prediction, IsScaledByAFactorWhichGetsARow) {
  const auto [run, system] = workload("llama3-405b");
  const RunPrediction plain = predict(run, system), scaled = predict(run, system, 1.25);
  EXPECT_DOUBLE_EQ(scaled.step.value, 1.25 * plain.step.value);
  EXPECT_DOUBLE_EQ(scaled.mfu.causal, plain.mfu.causal / 1.25);
  EXPECT_EQ(shares(scaled), whole);
  EXPECT_EQ(sample::row_named(plain, "stack"), nullptr);
  ASSERT_NE(sample::row_named(scaled, "stack"), nullptr);
  EXPECT_NEAR(static_cast<double>(sample::row_named(scaled, "stack")->share), 0.2e12, 1);
}

TEST(Prediction, OfAMeasuredRunSaysWhatItDoesNotExplain) {
  auto [run, system] = workload("mixtral-8x7b");
  const double step = predict(run, system).step.value;
  EXPECT_EQ(sample::row_named(predict(run, system), "residual"), nullptr);
  for (const double measured : {2 * step, 0.5 * step}) {
    run.measured = Seconds{measured};
    const RunPrediction prediction = predict(run, system);
    const WaterfallRow* const residual = sample::row_named(prediction, "residual");
    ASSERT_NE(residual, nullptr);
    EXPECT_NEAR(residual->delta.value, measured - step, 1e-12 * step);
    EXPECT_NEAR(static_cast<double>(residual->share), (1 - step / measured) * 1e12, 1);
    EXPECT_EQ(residual, &prediction.waterfall.back());
    EXPECT_EQ(shares(prediction), whole);
    EXPECT_DOUBLE_EQ(prediction.step.value, step) << "it is still a prediction";
  }
}

// One device alone exchanges nothing; without stages there is no bubble; with many micro-batches
// none to speak of.
TEST(Prediction, HasOnlyTheLossesThatItsSplitCauses) {
  TrainingRun run = run_of(llama3_405b(), {}, 8);
  run.gpu = "H100-SXM5-80GB";
  const auto share = [&](const char* id) {
    const auto [priced, system] = sample::priced(run);
    return sample::row_named(predict(priced, system), id)->share;
  };
  for (const char* const id : {"slowest_class", "tensor", "context", "experts", "interference",
                               "pipeline", "bubble", "imbalance", "data", "outer", "stragglers"}) {
    EXPECT_EQ(share(id), 0) << id;
  }
  run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 7}, 56);
  run.gpu = "H100-SXM5-80GB";
  EXPECT_GT(share("tensor"), 0);
  const double once = static_cast<double>(share("bubble"));
  run.batch *= 64;
  EXPECT_LT(static_cast<double>(share("bubble")), once / 50);
}

TEST(Prediction, OfMixedDevicesWaitsForTheSlowestAndOwnsThePeakOfAll) {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 7, .data = 8}, 128);
  run.gpu = "H100-SXM5-80GB";
  run.others = {{"A100-SXM4-80GB", run.gpus / 4}};
  const auto [mixed, system] = sample::priced(run);
  EXPECT_EQ(system.device.peak.value, 312e12);
  const double mean = 0.75 * 989.4e12 + 0.25 * 312e12;
  EXPECT_NEAR(system.mean_peak * 312e12 / mean, 1, 1e-3);

  const RunPrediction prediction = predict(mixed, system);
  const double flop = flops_per_token(run.architecture, run.seq_len, run.recompute).causal.value *
                      static_cast<double>(run.batch * run.seq_len);
  const double ideal = flop / (static_cast<double>(run.gpus) * mean);
  EXPECT_NEAR(prediction.waterfall[0].delta.value / ideal, 1, 1e-3);
  EXPECT_NEAR(prediction.waterfall[0].delta.value + prediction.waterfall[1].delta.value,
              flop / (static_cast<double>(run.gpus) * 312e12), 1e-9);
  EXPECT_EQ(prediction.waterfall[1].id, "slowest_class");
  EXPECT_NEAR(prediction.mfu.peak_used.value / mean, 1, 1e-3);
  EXPECT_NEAR(prediction.mfu.causal, prediction.mfu.weighted, 1e-12);

  run.others.clear();
  run.gpu = "A100-SXM4-80GB";
  EXPECT_NEAR(sample::step_of(run), prediction.step.value, 1e-9 * prediction.step.value);
}

// Every hundredth step all parameters cross the links between 4 clusters, in 32 bits and as a
// ring's all-reduce moves them: 2 x 3/4 of 4 N bytes.
TEST(Prediction, OfClustersThatMeetSeldomPaysForTheSlowLinkSeldom) {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 7, .data = 16}, 256);
  run.gpu = "H100-SXM5-80GB";
  run.outer = OuterLoop{.clusters = 4, .local_steps = 100, .link = {12.5e9}};
  const auto [priced, system] = sample::priced(run);
  const RunPrediction prediction = predict(priced, system);
  const double moved = 2 * 3.0 / 4 * 4 * parameters(llama3_405b()).total / 12.5e9 / 100;
  // The first and the last stage, which are the slowest here, hold an embedding besides.
  const double of_layers =
      18 * (parameters(llama3_405b()).attention + parameters(llama3_405b()).mlp);
  const double fullest = 7 * (of_layers + parameters(llama3_405b()).output);
  EXPECT_NEAR(sample::row_named(prediction, "outer")->delta.value,
              moved * fullest / parameters(llama3_405b()).total, 1e-9 * moved);
  EXPECT_GT(sample::elasticity_to(prediction, Resource::between_clusters), 0.01);

  run.outer->local_steps = 1000;
  EXPECT_LT(sample::step_of(run), prediction.step.value);
  run.outer->local_steps = 1;
  const double every_step = sample::step_of(run);
  run.outer.reset();
  EXPECT_GT(every_step, 1.5 * sample::step_of(run)) << "one cluster would not need slow links";
}

}  // namespace
}  // namespace shortfall

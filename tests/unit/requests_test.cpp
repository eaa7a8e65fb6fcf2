// The few Operations on which a prediction depends, and by how much: checked by making the machine
// slower for them alone.
#include "model/requests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

template <class Kind>
double weight_of(const std::vector<MeasurementRequest>& all) {
  double sum = 0;
  for (const MeasurementRequest& one : all)
    sum += std::holds_alternative<Kind>(one.operation) ? one.weight : 0;
  return sum;
}

// How much longer a step takes where `slower` makes something take 1 + 1e-5 times as long.
template <class Slower>
double growth(const TrainingRun& run, const SystemModel& system, Slower slower) {
  constexpr double nudge = 1e-5;
  SystemModel changed = system;
  slower(changed, 1 + nudge);
  return std::log(predicted_step(run, changed) / predicted_step(run, system)) / std::log1p(nudge);
}

constexpr double none = -1;  // every operation, however little it weighs

TEST(Requests, AreFewAndWeighMoreThanAHundredthEach) {
  for (const auto& [run, system] : sample::all_runs()) {
    const std::vector<MeasurementRequest> all = requests(run, system);
    // Of a small model the host decides, whatever its kernels take.
    const double by_host = sample::elasticity_to(predict(run, system), Resource::dispatch);
    EXPECT_TRUE(!all.empty() || by_host > 0.9) << run.id;
    EXPECT_LT(all.size(), 60U) << run.id;
    double sum = 0, before = 1;
    for (const MeasurementRequest& one : all) {
      EXPECT_GT(one.weight, 0.01) << run.id;
      EXPECT_LE(one.weight, before) << run.id << ": the heaviest come first";
      before = one.weight;
      sum += one.weight;
    }
    EXPECT_LE(sum, 1 + 1e-9) << run.id;
  }
}

TEST(Requests, NameEachOperationOnce) {
  const auto [run, system] = sample::priced(workload_named("llama3-70b"));
  const std::vector<MeasurementRequest> all = requests(run, system);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = all[i].operation == all[j].operation && all[i].axis == all[j].axis &&
                        all[i].group == all[j].group && all[i].precision == all[j].precision;
      EXPECT_FALSE(same) << i << " and " << j;
    }
  }
}

TrainingRun one_host() {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8}, 8);
  run.gpu = "H100-SXM5-80GB";
  return run;
}

TEST(Requests, WeighAttentionByWhatItsSlowingCosts) {
  auto [run, system] = sample::priced(one_host());
  system.device.kernel_start = {};
  const double expected = growth(run, system, [](SystemModel& s, double times) {
    for (AttentionRate& rate : s.device.attention)
      rate = {rate.forward / times, rate.backward / times};
  });
  EXPECT_NEAR(weight_of<Attention>(requests(run, system, none)), expected, 1e-4);
  EXPECT_GT(expected, 0.005);
}

TEST(Requests, WeighExchangesByWhatSlowerLinksCost) {
  const auto [run, system] = sample::priced(one_host());
  const double expected = growth(run, system, [](SystemModel& s, double times) {
    s = with_more(with_more(s, Resource::scale_up, 1 / times), Resource::scale_up_latency,
                  1 / times);
  });
  EXPECT_NEAR(weight_of<Collective>(requests(run, system, none)), expected, 1e-4);
  EXPECT_GT(expected, 0.01);
}

TEST(Requests, WeighProductsByWhatALowerClockCosts) {
  auto [run, system] = sample::priced(one_host());
  system.device.memory = {1e18};  // nothing waits for it
  const double expected = growth(run, system, [](SystemModel& s, double times) {
    s = with_more(s, Resource::compute, 1 / times);
  });
  const std::vector<MeasurementRequest> all = requests(run, system, none);
  EXPECT_NEAR(weight_of<Gemm>(all) + weight_of<Attention>(all), expected, 1e-4);
  EXPECT_GT(weight_of<Gemm>(all), 0.5);
}

// Besides as many layers as the others, the last stage multiplies with the vocabulary.
TEST(Requests, OfAPipelineAreThoseOfItsSlowestStage) {
  TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4}, 64);
  run.gpu = "A100-SXM4-80GB";
  const auto [priced, system] = sample::priced(run);
  const auto multiplies_vocabulary = [](const MeasurementRequest& one) {
    const auto* const gemm = std::get_if<Gemm>(&one.operation);
    return gemm != nullptr && gemm->n == 51200 / 8;
  };
  EXPECT_TRUE(std::ranges::any_of(requests(priced, system, 0.002), multiplies_vocabulary));
  EXPECT_TRUE(std::ranges::none_of(requests(priced, system), multiplies_vocabulary))
      << "51,200 columns beside 24 layers of 12 x 12,288 are no hundredth";
}

}  // namespace
}  // namespace shortfall

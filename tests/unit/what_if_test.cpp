// What other hardware or another split would gain, and what failures cost.
#include "model/what_if.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/goodput.hpp"
#include "model/training/check_run.hpp"
#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

std::vector<WhatIf> of(const TrainingRun& run) {
  const auto [priced, system] = sample::priced(run);
  return what_ifs(priced, system);
}

const WhatIf* named(const std::vector<WhatIf>& all, const std::string& id) {
  const auto found = std::ranges::find(all, id, &WhatIf::id);
  return found == all.end() ? nullptr : &*found;
}

bool offers(const TrainingRun& run, const std::string& id) { return named(of(run), id) != nullptr; }

TrainingRun llama(const Split& split, std::int64_t batch) {
  TrainingRun run = run_of(llama3_405b(), split, batch);
  run.gpu = "H100-SXM5-80GB";
  return run;
}

// A larger domain may lose a little: what scale-up links take from computing beside them.
TEST(WhatIf, NeverLosesByFasterHardware) {
  for (const auto& [run, system] : sample::all_runs()) {
    const std::vector<WhatIf> all = what_ifs(run, system);
    EXPECT_GE(all.size(), 4U) << run.id;
    for (const WhatIf& one : all) {
      const bool is_faster =
          one.id.starts_with("nic") || one.id.starts_with("power") || one.id.starts_with("memory");
      const double least = is_faster ? -1e-12 : one.id == "scale_up_72" ? -0.05 : -1e9;
      EXPECT_GE(one.faster, least) << run.id << ": " << one.id;
      EXPECT_LT(one.faster, 1) << run.id << ": " << one.id;
      EXPECT_TRUE(std::isfinite(one.step.value) && one.step.value > 0) << run.id << one.id;
    }
  }
}

TEST(WhatIf, IsTheStepOfTheChangedRun) {
  const TrainingRun run = llama({.tensor = 8, .pipeline = 7, .data = 8}, 128);
  const auto [priced, system] = sample::priced(run);
  const double before = predicted_step(priced, system).value;
  const std::vector<WhatIf> all = of(run);

  SystemModel faster = system;
  faster.scale_out.promised = {1.25 * system.scale_out.promised.value};
  EXPECT_DOUBLE_EQ(named(all, "nic_25")->step.value, predicted_step(priced, faster).value);
  EXPECT_DOUBLE_EQ(named(all, "nic_25")->faster, 1 - named(all, "nic_25")->step.value / before);

  TrainingRun half = priced;
  half.split.tensor = 4;
  half.split.data = 16;
  EXPECT_DOUBLE_EQ(named(all, "half_tensor")->step.value, predicted_step(half, system).value);

  TrainingRun twice = priced;
  twice.batch = 256;
  const double step = predicted_step(twice, system).value;
  EXPECT_DOUBLE_EQ(named(all, "twice_batch")->faster, 1 - step / 2 / before) << "of a sequence";
  EXPECT_GT(named(all, "twice_batch")->faster, 0.05) << "half of the bubble";
}

TEST(WhatIf, OffersOnlyWhatIsPossible) {
  const TrainingRun run = llama({.tensor = 8, .pipeline = 7, .data = 8}, 128);
  EXPECT_TRUE(offers(run, "fp8"));
  EXPECT_FALSE(offers(sample::on("A100-SXM4-80GB", run), "fp8")) << "has no such units";
  EXPECT_TRUE(offers(run, "scale_up_72"));
  EXPECT_FALSE(offers(llama({.tensor = 8}, 8), "scale_up_72")) << "all are joined already";
  EXPECT_FALSE(offers(llama({.pipeline = 7}, 8), "half_tensor"));
  EXPECT_FALSE(offers(llama({.tensor = 8}, 8), "twice_chunks")) << "there are no stages";
  EXPECT_FALSE(offers(llama({.tensor = 8, .pipeline = 63, .chunks = 2}, 64), "twice_chunks"))
      << "252 chunks of 126 layers";
  EXPECT_FALSE(offers(run, "no_recompute"));
  EXPECT_FALSE(offers(llama({.tensor = 8, .data = 8}, 8), "half_tensor"))
      << "16 replicas of 8 sequences";
  EXPECT_FALSE(offers(llama({.tensor = 8, .data = 8}, 8), "twice_micro_batch"));
}

TEST(WhatIf, GainsByRecomputingLess) {
  TrainingRun run = llama({.tensor = 8, .pipeline = 7, .data = 8}, 128);
  run.recompute = Recompute::full;
  const std::vector<WhatIf> all = of(run);
  EXPECT_GT(named(all, "selective")->faster, 0.1);
  EXPECT_GE(named(all, "no_recompute")->faster, named(all, "selective")->faster);
}

TEST(WhatIf, SaysWhatDoesNotFit) {
  TrainingRun run = workload_named("llama3-405b");
  run.recompute = Recompute::full;
  run.micro_batch = 8;  // of which 8 are in flight, 34 T h / t each of a stage's 8 layers
  run.batch *= 4;
  EXPECT_FALSE(named(of(run), "no_recompute")->fits_memory);
  EXPECT_TRUE(named(of(workload_named("gpt2-124m")), "twice_batch")->fits_memory);
}

// Of a year without failures of one GPU in 3.17, 10,000 GPUs fail every 1e5 s together. Young:
// sqrt(2 x 50 x 1e5) = 3162 s between checkpoints.
const Reliability usual{.between_failures_of_gpu = {1e9},
                        .checkpoint = {50},
                        .restart = {600},
                        .repair = {36000},
                        .has_spares = true};

TEST(Goodput, IsThatOfYoungsInterval) {
  const Goodput goodput = goodput_of(usual, 10000);
  EXPECT_NEAR(goodput.between_checkpoints.value, 3162.28, 0.01);
  EXPECT_NEAR(goodput.lost, 50 / 3162.28 + (3162.28 / 2 + 600) / 1e5, 1e-6);
}

TEST(Goodput, IsBestAtThatInterval) {
  const auto lost = [](double interval) { return 50 / interval + (interval / 2 + 600) / 1e5; };
  const Goodput goodput = goodput_of(usual, 10000);
  const double best = goodput.between_checkpoints.value;
  EXPECT_GT(lost(1.1 * best), goodput.lost);
  EXPECT_GT(lost(0.9 * best), goodput.lost);
}

TEST(Goodput, WaitsForRepairsWithoutSpares) {
  Reliability without = usual;
  without.has_spares = false;
  EXPECT_NEAR(goodput_of(without, 10000).lost - goodput_of(usual, 10000).lost, 0.36, 1e-9);
}

TEST(Goodput, OfRunsThatFailFasterThanTheyStartIsNone) {
  EXPECT_EQ(goodput_of(usual, 1'000'000'000).lost, 1);
  EXPECT_LT(goodput_of(usual, 100).lost, goodput_of(usual, 1000).lost);
}

}  // namespace
}  // namespace shortfall

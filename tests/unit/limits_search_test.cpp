// The search leaves out only what cannot win: held against one that leaves out nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/limits/factors.hpp"
#include "model/limits/search.hpp"

namespace shortfall {
namespace {

const Assumptions assumed;

LimitRun small_run(std::int64_t experts = 1) {
  return {.model = {.d_model = 1024, .d_ff = 4096, .layers = 16, .experts = experts},
          .batch_sequences = 64 * experts,
          .sequence = 32};
}

// Every division of 64 GPUs over nodes of 8, however bad.
std::vector<Division> all_divisions_of_64(const LimitRun& run) {
  std::vector<Division> all;
  for (const auto& node : ordered_factors(8, 5)) {
    for (const auto& above : ordered_factors(8, 5)) {
      const auto split = [&](std::size_t kind) {
        return LevelSplit{node[kind], above[kind], 1, 1};
      };
      Division division{.data = split(0), .stages = split(3), .experts = split(4)};
      division.widths = {split(1), split(2)};
      if (ways(division.experts) != std::min<std::int64_t>(run.model.experts, 64)) continue;
      const std::int64_t stages = ways(division.stages), ff = ways(division.widths.ff);
      const auto root = static_cast<std::int64_t>(
          std::sqrt(static_cast<double>(ways(division.widths.model) * ff)));
      if (run.model.layers % stages != 0 || ff < root || ff > 4 * root) continue;
      const std::int64_t tokens =
          run.batch_sequences * run.sequence / run.model.experts / ways(division.data);
      const std::vector<std::int64_t> counts = divisors(tokens);
      const auto first = std::ranges::lower_bound(counts, stages);
      const auto twice = std::ranges::lower_bound(counts, 2 * stages);
      division.interleave = stages > 1 ? run.model.layers / stages : 1;
      for (auto count = first; count != counts.end() && count < first + 4; ++count) {
        division.micro_batches = *count;
        all.push_back(division);
      }
      if (twice == counts.end()) continue;
      division.micro_batches = *twice;
      division.interleave = 1;
      division.zero_bubble = true;
      all.push_back(division);
    }
  }
  return all;
}

class LimitsSearchOn : public testing::TestWithParam<std::string> {};

TEST_P(LimitsSearchOn, FindsTheBestOfAllDivisions) {
  const Accelerator gpu = accelerator_named(GetParam());
  for (const std::int64_t experts : {1, 8}) {
    for (const bool overlaps : {true, false}) {
      LimitRun run = small_run(experts);
      run.habits = {.overlap_widths = overlaps ? 1.0 : 0.0, .overlap_data = overlaps};
      Seconds best{1e300};
      for (const Division& division : all_divisions_of_64(run)) {
        best = std::min(best, step_time(run, division, gpu, assumed).step * run.steps());
      }

      const auto found = best_division(run, 64, {1e300}, gpu, assumed);

      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->gpus(), 64);
      EXPECT_DOUBLE_EQ(found->duration.value, best.value) << experts << overlaps;
      EXPECT_EQ(found->time.step, step_time(run, found->division, gpu, assumed).step);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Gpus, LimitsSearchOn,
                         testing::Values("V100 SXM", "H100 SXM", "H100 SXM Low Latency"));

TEST(LimitsSearchWithALimit, FindsNothingThatIsNotFaster) {
  const Accelerator gpu = accelerator_named("H100 SXM");
  const auto best = best_division(small_run(), 64, {1e300}, gpu, assumed);
  ASSERT_TRUE(best.has_value());
  EXPECT_FALSE(best_division(small_run(), 64, best->duration, gpu, assumed).has_value());
  EXPECT_TRUE(best_division(small_run(), 64, best->duration * 1.001, gpu, assumed).has_value());
}

TEST(LimitsSearchOfAPartlyFilledNode, UsesTheGpusThatThereAre) {
  const auto found = best_division(small_run(), 4, {1e300}, accelerator_named("H100 SXM"), assumed);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->gpus(), 4);
  EXPECT_EQ(ways({found->division.data[1], found->division.widths.model[1],
                  found->division.widths.ff[1], found->division.stages[1]}),
            1);  // nothing goes between nodes
}

}  // namespace
}  // namespace shortfall

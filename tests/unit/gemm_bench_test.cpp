// The words that products are asked for with, and the sizes that they mean.
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/zipf.hpp"
#include "gemm_bench/gemm_axes.hpp"
#include "gemm_bench/grid.hpp"
#include "gemm_bench/models.hpp"
#include "harness/plan.hpp"

namespace shortfall {
namespace {

TEST(Shape, IsReadAsRowsColumnsAndSums) {
  const auto [m, n, k] = shape_from("16x4096x128");

  EXPECT_EQ(m, 16);
  EXPECT_EQ(n, 4096);
  EXPECT_EQ(k, 128);
}

TEST(Shape, RefusesWhatIsNone) {
  for (const char* const wrong :
       {"", "1", "1x2", "1x2x", "1x2x3x4", "0x2x3", "-1x2x3", "axbxc", "1x2x99999999"}) {
    EXPECT_THROW(shape_from(wrong), BadUsage) << wrong;
  }
}

TEST(Grid, OfOneRangeIsTheSameForAllSizes) {
  const auto axes = grid_from("256:1024");

  ASSERT_EQ(axes.size(), 3U);
  for (const Axis& axis : axes) {
    EXPECT_EQ(axis.of(Profile::full), (std::vector<Value>{std::int64_t{256}, std::int64_t{512},
                                                          std::int64_t{768}, std::int64_t{1024}}));
  }
}

TEST(Grid, OfThreeRangesGivesEachSizeItsOwn) {
  EXPECT_EQ(combinations(grid_from("64:1280x128:1280x128:1280"), Profile::full).size(), 2000U);
}

TEST(Grid, RefusesWhatIsNone) {
  for (const char* const wrong : {"", "256", "256:", "0:8", "8:4", "1:100", "1:8x1:8", "a:b"}) {
    EXPECT_THROW(grid_from(wrong), BadUsage) << wrong;
  }
}

TEST(Models, EveryLayerOfEveryModelHasWeights) {
  for (const std::string& model : model_names()) {
    for (const std::string& layer : layer_names()) {
      EXPECT_GT(weights_of(model, layer).in, 0) << model << ' ' << layer;
      EXPECT_GT(weights_of(model, layer).out, 0) << model << ' ' << layer;
    }
  }
}

// What the layers' products leave out is embeddings, norms and, of DeepSeek, most experts.
TEST(Models, WeightsAddUpToTheModelsParameters) {
  struct Known {
    const char* model;
    double layers, parameters;
  };
  for (const auto& [model, layers, parameters] :
       {Known{"llama-3-8b", 32, 8.03e9}, Known{"llama-3-70b", 80, 70.6e9},
        Known{"gpt-3-175b", 96, 175e9}}) {
    double sum = 0;
    for (const std::string& layer : layer_names()) {
      const auto [in, out] = weights_of(model, layer);
      const double times = layer == "lm_head" ? 1 : layers;
      sum += times * static_cast<double>(in) * static_cast<double>(out);
    }
    EXPECT_NEAR(sum / parameters, 1, 0.07) << model;
  }
}

TEST(Types, OnAcceleratorsAreAllThatIsMultiplied) {
  const Axis axis = product_types();

  EXPECT_EQ(axis.of(Profile::full).size(), 5U);
  EXPECT_EQ(on_accelerator(axis).of(Profile::full).size(), 10U);
  EXPECT_EQ(on_accelerator(axis).of(Profile::quick), (std::vector<Value>{"bf16", "f8_e4m3"}));
}

TEST(Cases, OfProductsOnAcceleratorsAreFewInTheQuickProfile) {
  std::size_t cases = 0;
  for (Benchmark& benchmark : benchmarks()) {
    if (!benchmark.name.starts_with("gemm")) continue;
    for (Axis& axis : benchmark.axes) axis = on_accelerator(std::move(axis));
    for (const Params& params : combinations(benchmark.axes, Profile::quick)) {
      const auto gemm = std::get<Gemm>(benchmark.operation(params));
      EXPECT_FALSE(gemm.is_cold);
      ++cases;
    }
    for (const Params& params : combinations(benchmark.axes, Profile::full)) {
      if (benchmark.search) continue;
      EXPECT_NO_THROW(benchmark.operation(params));
    }
  }
  EXPECT_GE(cases, 8U);
  EXPECT_LE(cases, 16U);
}

TEST(Grouped, RowsAreDealtToExpertsAndNoneIsLost) {
  for (const double skew : {0.0, 0.5, 1.0, 8.0}) {
    const Gemm gemm{.m = 1000, .n = 8, .k = 4, .batch = 7, .skew = skew};
    const auto first = first_rows(gemm);
    ASSERT_EQ(first.size(), 8U);
    EXPECT_EQ(first.front(), 0U);
    EXPECT_EQ(first.back(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(first));
  }
}

TEST(Grouped, CountsTheRowsOfAllProductsOnce) {
  const Gemm grouped{.m = 70, .n = 8, .k = 4, .batch = 7, .skew = 1},
      batched{.m = 10, .n = 8, .k = 4, .batch = 7};

  EXPECT_EQ(work(grouped, {}).flop, work(batched, {}).flop);
  EXPECT_EQ(work(grouped, {}).memory, work(batched, {}).memory);
  EXPECT_EQ(layout(grouped, {}).output.count, 70U * 8U);
}

TEST(Grouped, OfAnEvenDistributionIsTheSameAsABatch) {
  EXPECT_EQ(first_rows({.m = 70, .n = 1, .k = 1, .batch = 7, .skew = 0}),
            first_rows({.m = 10, .n = 1, .k = 1, .batch = 7}));
}

TEST(Skew, IsReadFromWords) {
  EXPECT_EQ(skew_from("balanced"), 0);
  EXPECT_EQ(skew_from("zipf:1.5"), 1.5);
  for (const char* const wrong : {"", "zipf:", "zipf:0", "zipf:9", "zipf:x", "1"}) {
    EXPECT_THROW(skew_from(wrong), BadUsage) << wrong;
  }
}

TEST(BestShape, NeedsTheBuffersOfTheLargestShape) {
  const auto all = benchmarks();
  const Plan plan = make_plan(
      {.benchmarks = {"gemm_best_shape"}, .dtypes = {"f32"}, .sets = {{"grid", {"256:1024"}}}},
      all);

  ASSERT_EQ(plan.cases.size(), 1U);
  EXPECT_EQ(memory_of(plan.cases[0], benchmark_named("gemm_best_shape", all), HostOfRank{0}).value,
            3 * 4 * 1024 * 1024);
}

TEST(BestShape, IsNoPartOfTheQuickProfile) {
  const Plan plan = make_plan(
      {.benchmarks = {"gemm_best_shape", "gemm_model"}, .profile = Profile::quick}, benchmarks());

  EXPECT_TRUE(plan.cases.empty());
}

}  // namespace
}  // namespace shortfall

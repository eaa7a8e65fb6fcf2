// One more token of each sequence, as a list of operations.
#include <gtest/gtest.h>

#include "model/proxy/routine.hpp"
#include "proxy_runs.hpp"
#include "refusal.hpp"

namespace shortfall {
namespace {

std::vector<Gemm> products_of(const StepRoutine& all, StepPart part) {
  std::vector<Gemm> found;
  for (const Step& step : all.steps) {
    const auto* const gemm = std::get_if<Gemm>(&step.operation);
    if (gemm && step.part == part) found.push_back(*gemm);
  }
  return found;
}

double product_flop(const StepRoutine& all) {
  double flop = 0;
  for (const Step& step : all.steps) {
    if (std::holds_alternative<Gemm>(step.operation)) flop += flop_of(step);
  }
  return flop;
}

// 8 heads on 2 keys: 4 queries of each of 6 sequences meet the keys of one head.
TEST(DecodeRoutine, ReadsTheKeysAndValuesOfAllTokens) {
  const StepRoutine all = decode_routine(executed(small_llama(), {}, 6), 1000);
  const std::vector<Gemm> core = products_of(all, StepPart::attention_core);
  ASSERT_EQ(core.size(), 2U);
  EXPECT_EQ(core[0], (Gemm{4, 1000, 32, DType::f32, 6 * 2}));
  EXPECT_EQ(core[1], (Gemm{4, 32, 1000, DType::f32, 6 * 2}));
  for (const RoutineOperation& each : all.routine.operations) EXPECT_EQ(each.phase, "decode");
}

// Two for each parameter that multiplies, and the core.
TEST(DecodeRoutine, MultipliesEachParameterOnce) {
  for (const auto& model : {small_gpt(), small_llama()}) {
    const StepRoutine all = decode_routine(executed(model, {}, 6), 100);
    const Parameters p = parameters(model);
    const double core = 4.0 * 2 * 8 * 32 * 2 * 100;
    EXPECT_DOUBLE_EQ(product_flop(all), 6 * (2 * (p.active - p.embedding) + core));
  }
}

// Queries are projected to what is kept of keys, results from what is kept of values.
TEST(DecodeRoutine, KeepsLatentsCompressed) {
  const StepRoutine all = decode_routine(executed(deepseek_v3(), {}, 2), 100);
  const std::vector<Gemm> core = products_of(all, StepPart::attention_core);
  ASSERT_EQ(core.size(), 2U);
  EXPECT_EQ(core[0], (Gemm{128, 100, 512 + 64, DType::f32, 2}));
  EXPECT_EQ(core[1], (Gemm{128, 512, 100, DType::f32, 2}));
  const auto projections = products_of(all, StepPart::attention_projection);
  EXPECT_EQ(std::ranges::count(projections, Gemm{2, 512, 128, DType::f32, 128}), 1);
  EXPECT_EQ(std::ranges::count(projections, Gemm{2, 128, 512, DType::f32, 128}), 1);
}

TEST(DecodeRoutine, ExchangesOverTensorParallelRanksAlone) {
  const StepRoutine all = decode_routine(executed(small_llama(), {.tensor = 2, .data = 2}, 8), 100);
  const std::vector<int> done = counts(all.routine);
  int reduced = 0, gathered = 0;
  for (std::size_t i = 0; i < all.steps.size(); ++i) {
    const auto* const collective = std::get_if<Collective>(&all.steps[i].operation);
    if (!collective) continue;
    EXPECT_EQ(all.routine.operations[i].group, "blocks_of_2");
    const bool is_gather = collective->kind == Collective::Kind::all_gather;
    (is_gather ? gathered : reduced) += done[i];
    EXPECT_EQ(collective->bytes.value, 4 * 4.0 * (is_gather ? 4096 : 256));
  }
  EXPECT_EQ(reduced, 2 * 4 + 1);  // after attention, MLP and embedding
  EXPECT_EQ(gathered, 1);         // logits
}

TEST(DecodeRoutine, HasItsExpertsInTheLayersThatHaveSome) {
  const StepRoutine all =
      decode_routine(executed(small_mixtral(), {.data = 4, .experts = 4}, 8), 10);
  const std::vector<int> done = counts(all.routine);
  for (std::size_t i = 0; i < all.steps.size(); ++i) {
    const bool is_router = all.steps[i].part == StepPart::router;
    const bool is_dense = all.steps[i].part == StepPart::mlp;
    EXPECT_TRUE(!is_router || done[i] == 3);
    EXPECT_TRUE(!is_dense || done[i] == 1);
  }
}

TEST(DecodeRoutine, NeedsAToken) {
  const auto refusal = refusal_of([] { decode_routine(executed(small_gpt(), {}, 1), 0); });
  EXPECT_NE(refusal.find("at least 1 token"), std::string::npos);
}

}  // namespace
}  // namespace shortfall

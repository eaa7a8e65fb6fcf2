// The arithmetic of training by its closed formulas, against published counts and against what is
// often miscounted.
#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

FlopsPerToken flops_of(const Architecture& model, std::int64_t seq_len) {
  return flops_per_token(model, seq_len, Recompute::none);
}

Architecture palm_540b() {
  return {.layers = 118,
          .hidden = 18432,
          .heads = 48,
          .kv_heads = 1,
          .head_dim = 256,
          .ffn = 73728,
          .vocab = 256000,
          .gated_mlp = true,
          .tied_embedding = true};
}

Architecture gpt_oss_120b() {
  return {.layers = 36,
          .hidden = 2880,
          .heads = 64,
          .kv_heads = 8,
          .head_dim = 64,
          .ffn = 2880,
          .vocab = 201088,
          .gated_mlp = true,
          .experts = Experts{.count = 128, .per_token = 4, .ffn = 2880}};
}

Architecture qwen3_235b() {
  return {.layers = 94,
          .hidden = 4096,
          .heads = 64,
          .kv_heads = 4,
          .head_dim = 128,
          .ffn = 12288,
          .vocab = 151936,
          .gated_mlp = true,
          .experts = Experts{.count = 128, .per_token = 8, .ffn = 1536}};
}

// As recomputed from what was published, by others than this program.
TEST(FlopsPerToken, AgreesWithPublishedDenseModels) {
  const FlopsPerToken palm = flops_of(palm_540b(), 2048);
  EXPECT_DOUBLE_EQ(palm.full.value, 3277760495616);
  EXPECT_DOUBLE_EQ(palm.causal.value, 3259943092224);
  EXPECT_DOUBLE_EQ(palm.palm.value, 3277760495616);
  const FlopsPerToken llama = flops_of(llama3_405b(), 8192);
  EXPECT_DOUBLE_EQ(llama.full.value, 2625424588800);
  EXPECT_DOUBLE_EQ(llama.causal.value, 2523955986432);
  EXPECT_DOUBLE_EQ(llama.palm.value, 2638032666624);
}

TEST(FlopsPerToken, AgreesWithPublishedModelsOfExperts) {
  const FlopsPerToken deepseek = flops_of(deepseek_v3(), 4096);
  EXPECT_DOUBLE_EQ(deepseek.full.value, 281152192512);
  EXPECT_DOUBLE_EQ(deepseek.causal.value, 250449887232);
  const FlopsPerToken qwen = flops_of(qwen3_235b(), 4096);
  EXPECT_DOUBLE_EQ(qwen.full.value, 167255212032);
  EXPECT_DOUBLE_EQ(qwen.causal.value, 148330512384);
}

// PaLM's convention counts parameters as they are published: 37e9 and 22e9 that are active. Counted
// one by one they are within 2 %.
TEST(FlopsPerToken, CountsActiveParametersOfExpertsAsPublished) {
  EXPECT_NEAR(flops_of(deepseek_v3(), 4096).palm.value / 271123688448, 1, 0.02);
  EXPECT_NEAR(flops_of(qwen3_235b(), 4096).palm.value / 169849399296, 1, 0.02);
}

// Its rate was published as 153 TFLOP/s: two matrices of its gated MLP. With all three it is 193.
TEST(FlopsPerToken, CountsAllThreeMatricesOfAGatedMlp) {
  const Architecture gated = gpt_oss_120b();
  Architecture ungated = gated;
  ungated.gated_mlp = false;
  EXPECT_DOUBLE_EQ(flops_of(gated, 4096).full.value, 38034358272);
  EXPECT_NEAR(flops_of(ungated, 4096).causal.value / flops_of(gated, 4096).causal.value,
              153.0 / 193, 2e-3);
}

// Narayanan et al. 2021 count 96 B s L h^2 (1 + s/6h + V/16Lh) with everything but the logits
// computed again and attention to the whole sequence, of which Korthikanti et al. 2022 count three
// quarters: 72 B s L h^2 (1 + s/6h + V/12Lh).
TEST(FlopsPerToken, IsTheFormulaOfMegatron) {
  const double s = 2048, L = 96, h = 12288, V = 51200;
  const double model = 72 * L * h * h * (1 + s / (6 * h) + V / (12 * L * h));
  const double hardware = 96 * L * h * h * (1 + s / (6 * h) + V / (16 * L * h));
  const FlopsPerToken flops = flops_per_token(gpt3_175b(), 2048, Recompute::full);
  EXPECT_NEAR(flops.full.value / model, 1, 1e-12);
  const double half_of_all_cores = 4 * 2 * s * h * L;  // forward twice, backward as two of them
  const double scores_again = s * h * L;
  EXPECT_NEAR((flops.hardware.value - scores_again + half_of_all_cores) / hardware, 1, 1e-12);
}

// Korthikanti et al. print 1 + s/3h for what selective recomputation executes, but another forward
// pass of the core is a third of 1 + s/6h to 1 + 2s/9h.
TEST(FlopsPerToken, CountsOneMoreForwardPassOfTheCoreAsSelective) {
  const double none = flops_per_token(gpt3_175b(), 2048, Recompute::none).hardware.value;
  const double selective = flops_per_token(gpt3_175b(), 2048, Recompute::selective).hardware.value;
  const double core = 2 * 2.0 * 2048 * 12288 * 96 / 2;  // causal
  EXPECT_DOUBLE_EQ(selective - none, core);
}

TEST(FlopsPerToken, OrdersItsConventions) {
  for (const Architecture& model : {gpt3_175b(), llama3_405b(), mixtral_8x7b(), deepseek_v3()}) {
    double before = 0;
    for (const Recompute again : {Recompute::none, Recompute::selective, Recompute::full}) {
      const FlopsPerToken flops = flops_per_token(model, 4096, again);
      EXPECT_LT(flops.causal, flops.full);
      EXPECT_LT(flops.causal, flops.hardware);
      EXPECT_GT(flops.hardware.value, before);
      before = flops.hardware.value;
    }
  }
}

TEST(FlopsPerToken, ChangesTheProjectionsAloneWithFewerHeadsOfKeys) {
  Architecture grouped = gpt3_175b();
  grouped.kv_heads = 8;
  const double saved_per_layer = 6.0 * 12288 * 2 * (96 - 8) * 128;
  EXPECT_DOUBLE_EQ(flops_of(gpt3_175b(), 2048).full.value - flops_of(grouped, 2048).full.value,
                   96 * saved_per_layer);
}

TEST(FlopsPerToken, KnowsWhetherTheEmbeddingIsMultipliedOrLookedUp) {
  Architecture untied = gpt3_175b();
  untied.tied_embedding = false;
  const FlopsPerToken with = flops_of(gpt3_175b(), 2048), without = flops_of(untied, 2048);
  EXPECT_DOUBLE_EQ(with.full.value, without.full.value);
  EXPECT_DOUBLE_EQ(without.palm.value - with.palm.value, 6.0 * 51200 * 12288);
}

TEST(FlopsPerToken, GrowsWithPaddingOfTheVocabulary) {
  Architecture padded = gpt3_175b();
  padded.vocab += 64;
  EXPECT_DOUBLE_EQ(flops_of(padded, 2048).causal.value - flops_of(gpt3_175b(), 2048).causal.value,
                   6.0 * 64 * 12288);
}

TEST(FlopsPerToken, CountsNoExpertThatATokenDoesNotUse) {
  Architecture more = mixtral_8x7b();
  more.experts->count = 16;
  const double routers = 6.0 * 32 * 4096 * 8;  // their 8 columns more
  EXPECT_DOUBLE_EQ(flops_of(more, 4096).causal.value - flops_of(mixtral_8x7b(), 4096).causal.value,
                   routers);
  EXPECT_GT(parameters(more).total, 1.8 * parameters(mixtral_8x7b()).total);
}

TEST(FlopsPerToken, DoesNotCountImbalance) {
  Architecture uneven = mixtral_8x7b();
  uneven.experts->imbalance = 1.5;
  EXPECT_DOUBLE_EQ(flops_of(uneven, 4096).hardware.value,
                   flops_of(mixtral_8x7b(), 4096).hardware.value);
}

TEST(Parameters, AreThosePublished) {
  EXPECT_NEAR(parameters(gpt3_175b()).total / 174.6e9, 1, 1e-3);
  EXPECT_NEAR(parameters(llama3_405b()).total / 405.85e9, 1, 1e-3);
  EXPECT_NEAR(parameters(mixtral_8x7b()).total / 46.7e9, 1, 1e-3);
  EXPECT_NEAR(parameters(mixtral_8x7b()).active / 12.9e9, 1, 2e-3);
  EXPECT_NEAR(parameters(deepseek_v3()).total / 671e9, 1, 1e-3);
  EXPECT_NEAR(parameters(deepseek_v3()).active / 37.55e9, 1, 1e-3);
}

}  // namespace
}  // namespace shortfall

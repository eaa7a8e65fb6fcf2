// What attention and passes over memory take, counted by hand.
#include <gtest/gtest.h>

#include "model/prices/attention_price.hpp"
#include "model/prices/pass_price.hpp"
#include "model/training/attention_apart.hpp"
#include "sample_runs.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

Attention core(Attention::Direction direction) {
  return {.batch = 2,
          .heads = 16,
          .kv_heads = 4,
          .queries = 2048,
          .keys = 2048,
          .key_dim = 192,
          .value_dim = 128,
          .direction = direction,
          .type = DType::bf16};
}
const Attention forward = core(Attention::Direction::forward);
const Attention backward = core(Attention::Direction::backward);
constexpr double pairs = 2.0 * 16 * 2048 * 2048;  // of query and key, masked ones too

double time_of(const Attention& attention, AttentionKernel kernel, const SystemModel& system) {
  return price_of(attention, kernel, system.device).value;
}

// Half of all pairs: two products forward, of 192 and 128; backward three of 192 and two of 128.
TEST(AttentionPrice, InOneKernelIsItsArithmeticAtItsShareOfThePeak) {
  const SystemModel system = sample::round_numbers();
  const double ahead = pairs / 2 * 2 * (192 + 128), back = pairs / 2 * 2 * (3 * 192 + 2 * 128);
  EXPECT_DOUBLE_EQ(time_of(forward, AttentionKernel::flash_1, system), ahead / 30e12);
  EXPECT_DOUBLE_EQ(time_of(forward, AttentionKernel::flash_3, system), ahead / 80e12);
  EXPECT_DOUBLE_EQ(time_of(backward, AttentionKernel::flash_2, system), back / 40e12);
}

TEST(AttentionPrice, SlowsWithTheClock) {
  SystemModel system = sample::round_numbers();
  const double before = time_of(forward, AttentionKernel::flash_2, system);
  system.device.clock = 0.5;
  EXPECT_DOUBLE_EQ(time_of(forward, AttentionKernel::flash_2, system), 2 * before);
}

// Kernel by kernel.
struct Apart {
  double products, pass;  // one product each of scores and results; what lies between them
};

Apart apart_on(const SystemModel& system, const Attention& attention, bool has_dropout = false) {
  const AttentionApart each = apart(attention, has_dropout);
  TrainingRun run;
  run.software.has_dropout = has_dropout;
  const auto product = [&](const Gemm& gemm) {
    return price_of(gemm, Precision::bf16, system.device).value;
  };
  const MemoryPass pass{.kind = MemoryPass::Kind::copy, .bytes = each.passed};
  return {product(each.scores) + product(each.results),
          price_of(pass, StepPart::attention_core, run, system).time.value};
}

// All pairs are multiplied. Softmax reads the half of the scores that is not masked and writes all,
// 2 B each; backward it reads two arrays. Dropout reads and writes, too, and writes a byte of mask;
// queries, keys, values and results are brought into another order.
TEST(SeparateAttention, MovesAllScores) {
  SystemModel system = sample::round_numbers();
  system.device.without_matrix_units = system.device.peak;
  system.device.memory = {1e9};  // next to which products take nothing
  const double operands = 2.0 * 2048 * 2 * 2 * (192 + 128) * (16 + 4);
  // Scores, results, and what of both is read again by the products themselves.
  const auto by_memory = [&](double bytes_of_score) {
    return (bytes_of_score * pairs + operands) / 1e9;
  };
  const double scores_out = 2 * (pairs + 2.0 * 16 * 2048 * 2 * 192) / 1e9;
  const double results_out = 2 * (pairs + 2.0 * 16 * 2048 * 2 * 128) / 1e9;
  EXPECT_NEAR(apart_on(system, forward).products, scores_out + results_out, 1e-9);
  EXPECT_NEAR(apart_on(system, forward).pass, by_memory(3), 1e-9);
  EXPECT_NEAR(apart_on(system, backward).pass, by_memory(4), 1e-9);
  EXPECT_NEAR(apart_on(system, forward, true).pass, by_memory(8), 1e-9);
}

TEST(SeparateAttention, MovesTwiceAsMuchIn32Bits) {
  Attention wide = forward;
  wide.type = DType::f32;
  EXPECT_DOUBLE_EQ(apart(wide, false).passed.value, 2 * apart(forward, false).passed.value);
  EXPECT_DOUBLE_EQ(apart(wide, true).passed.value - pairs,
                   2 * (apart(forward, true).passed.value - pairs));  // but for the mask
}

// Operands into the order of heads, softmax, results back; the products start by themselves.
TEST(SeparateAttention, StartsFivePassesOfWhichAHostHandsOverFour) {
  SystemModel system = sample::round_numbers();
  const double before = apart_on(system, forward).pass;
  system.device.pass_start = {1e-3};
  EXPECT_NEAR(apart_on(system, forward).pass - before, 5e-3, 1e-12);
  EXPECT_NEAR(
      apart_on(system, forward, true).pass - apart_on(sample::round_numbers(), forward, true).pass,
      6e-3, 1e-12);
  const MemoryPass pass{.kind = MemoryPass::Kind::copy, .bytes = {1e6}};
  TrainingRun run;
  EXPECT_EQ(price_of(pass, StepPart::attention_core, run, system).kernels, 4);
  run.software.is_in_sequence = true;  // as it is executed
  EXPECT_EQ(price_of(pass, StepPart::attention_core, run, system).kernels, 1);
}

// BLOOM's 128 heads of 108: 216 bytes, no multiple of 16.
TEST(SeparateAttention, SuffersFromHeadsThatAreNotAligned) {
  const SystemModel system = sample::round_numbers();
  const auto of_heads = [&](std::int64_t heads) {
    Attention attention = forward;
    attention.heads = attention.kv_heads = heads;
    attention.key_dim = attention.value_dim = 13824 / heads;
    const Apart each = apart_on(system, attention);
    return each.products + each.pass;
  };
  EXPECT_GT(of_heads(128) / of_heads(96), 2);
  EXPECT_LT(of_heads(96) / of_heads(64), 1.5);
}

struct Passed {
  StepPart part;
  double fused_bytes, other_bytes;  // of each element; other: operation by operation
  double kernels;
};

double seconds(StepPart part, Bytes bytes, const TrainingRun& run) {
  return price_of(MemoryPass{.kind = MemoryPass::Kind::copy, .bytes = bytes}, part, run,
                  sample::round_numbers())
      .time.value;
}

// As PyTorch's operations read and write them: 2 B of an element in 16 bits, 4 B in 32.
TEST(PassPrice, OperationByOperationCountsWhatEachReadsAndWrites) {
  TrainingRun run = run_of(llama3_405b(), {}, 1);
  const double rms_norm = (2 + 4) + (4 + 4) + 4 + (4 + 4) + (4 + 2) + (2 + 2);
  const double rotary = (2 + 4) + (8 + 4) + (4 + 2);
  const double gate = (2 + 2) + (2 + 2 + 2);
  for (const auto& [part, fused, separate, kernels] :
       {Passed{StepPart::norm, 4, rms_norm, 6}, Passed{StepPart::rotary, 4, rotary, 4},
        Passed{StepPart::activation, 6, gate, 2}}) {
    run.software.fuses_passes = true;
    EXPECT_DOUBLE_EQ(seconds(part, {fused * 1e9}, run), fused * 1e9 / 1e12);
    run.software.fuses_passes = false;
    EXPECT_DOUBLE_EQ(seconds(part, {fused * 1e9}, run), separate * 1e9 / 1e12);
    EXPECT_EQ(price_of(MemoryPass{.kind = MemoryPass::Kind::copy, .bytes = {1}}, part, run,
                       sample::round_numbers())
                  .kernels,
              kernels);
  }
}

TEST(PassPrice, OfRotaryEmbeddingsIsNothingWherePositionsAreLearnt) {
  EXPECT_EQ(seconds(StepPart::rotary, {1e9}, run_of(gpt3_175b(), {}, 1)), 0);
}

TEST(PassPrice, StartsEachKernelAnew) {
  TrainingRun run = run_of(llama3_405b(), {}, 1);
  run.software.fuses_passes = false;
  SystemModel system = sample::round_numbers();
  system.device.pass_start = {1e-6};
  const MemoryPass nothing{.kind = MemoryPass::Kind::copy, .bytes = {0}};
  EXPECT_DOUBLE_EQ(price_of(nothing, StepPart::norm, run, system).time.value, 6e-6);
}

}  // namespace
}  // namespace shortfall

// What ranks exchange in a training step: bytes that cross a rank's link, against the closed forms
// of volumes. L layers, T tokens of a micro-batch on a rank, h wide, m micro-batches.
#include <gtest/gtest.h>

#include <algorithm>

#include "sample_runs.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

double link_bytes(const Step& step) {
  return work(step.operation, {.rank = 0, .size = static_cast<int>(step.group)}).link.value *
         step.times;
}

struct Asked {
  StepPart part;
  std::vector<StepPhase> phases = {StepPhase::forward, StepPhase::recompute, StepPhase::backward,
                                   StepPhase::finish};
  RankAxis axis = RankAxis::none;  // none: any
};

double exchanged(const std::vector<Step>& list, const Asked& asked) {
  double sum = 0;
  for (const Step& step : list) {
    const bool in_phase = std::ranges::find(asked.phases, step.phase) != asked.phases.end();
    const bool on_axis = asked.axis == RankAxis::none || step.axis == asked.axis;
    if (step.part == asked.part && in_phase && on_axis) sum += link_bytes(step);
  }
  return sum;
}

double exchanged(const TrainingRun& run, const Asked& asked) {
  return exchanged(steps_of_stage(run, run.split.pipeline / 2), asked);
}

constexpr double bf16 = 2, f32 = 4;
const Asked tensor_forward{StepPart::tensor_exchange, {StepPhase::forward}};
const Asked tensor_again{StepPart::tensor_exchange, {StepPhase::recompute}};
const Asked tensor_backward{StepPart::tensor_exchange, {StepPhase::backward}};

// Stage 2 of 4: neither embedding nor logits.
TrainingRun tensor_run() { return run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4}, 16); }
constexpr double all_reduce_8 =
    2.0 * 7 / 8 * bf16 * 2048 * 12288 * 24 * 16;  // of M, layers, micro-batches

TEST(StepsExchange, OfTensorParallelRanksAreTwoAllReducesEachWay) {
  TrainingRun run = tensor_run();
  run.split.sequence_parallel = false;
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_forward), 2 * all_reduce_8);
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_backward), 2 * all_reduce_8);
  EXPECT_EQ(exchanged(run, tensor_again), 0);
  run.recompute = Recompute::full;
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_again), 2 * all_reduce_8);
}

// The same volume as gathers and scatters, and two gathers more of what was not kept.
TEST(StepsExchange, OfSequenceParallelRanksHaveTheVolumeOfAllReduces) {
  const TrainingRun run = tensor_run();
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_forward), 2 * all_reduce_8);
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_backward), 2 * all_reduce_8);
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_again), all_reduce_8);
  for (const auto& [step, collective] :
       all_of<Collective>(steps_of_stage(run, 2), StepPart::tensor_exchange, StepPhase::forward)) {
    EXPECT_NE(collective.kind, Kind::all_reduce);
  }
}

TEST(StepsExchange, OfExpertsThatSequenceParallelRanksShareGatherRoutedTokens) {
  TrainingRun run =
      run_of(mixtral_8x7b(), {.tensor = 4, .pipeline = 4, .data = 8, .experts = 8}, 16);
  const double M = bf16 * 2048 * 4096, layers = 8, rounds = 2;
  const double attention = 2 * 3.0 / 4 * M, experts = 2 * 3.0 / 4 * M * 2;  // two copies of each
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_forward), (attention + experts) * layers * rounds);
  run.split.expert_tensor = 1;
  EXPECT_DOUBLE_EQ(exchanged(run, tensor_forward), attention * layers * rounds);
}

// Partial sums of routed and shared experts are added up together.
TEST(StepsExchange, OfExpertsEndInOneAllReduceWithoutSequenceParallelism) {
  TrainingRun run =
      run_of(mixtral_8x7b(), {.tensor = 4, .pipeline = 4, .data = 8, .experts = 8}, 16);
  run.split.sequence_parallel = false;
  const double all_reduce = 2 * 3.0 / 4 * bf16 * 2048 * 4096 * 8 * 2;
  for (const std::int64_t shared : {0, 1}) {
    run.architecture.experts->shared = shared;
    EXPECT_DOUBLE_EQ(exchanged(run, tensor_forward), 2 * all_reduce);
    EXPECT_DOUBLE_EQ(exchanged(run, tensor_backward), 2 * all_reduce);
  }
  EXPECT_DOUBLE_EQ(exchanged(run, {StepPart::expert_exchange, {StepPhase::forward}}),
                   2 * 7.0 / 8 * bf16 * 2048 * 2 * 4096 * 8 * 2);
}

TEST(StepsExchange, OfLatentAttentionGatherWhatIsCompressed) {
  const TrainingRun run = run_of(deepseek_v3(), {.tensor = 4, .pipeline = 4, .data = 4}, 16);
  const auto list = steps_of_stage(run, 2);
  const auto first =
      all_of<Collective>(list, StepPart::tensor_exchange, StepPhase::forward).at(0).second;
  EXPECT_EQ(first.kind, Kind::all_gather);
  EXPECT_DOUBLE_EQ(first.bytes.value, bf16 * 2048 * (1536 + 512 + 64));
}

// Embedding and logits: a row of activations each way, and three numbers of every token.
TEST(StepsExchange, OfTheEndsAreThoseOfOneBlock) {
  const TrainingRun run = tensor_run();
  const double rounds = 16, row = 7.0 / 8 * bf16 * 2048 * 12288;
  const double loss = 3 * 2 * 7.0 / 8 * f32 * 2048;
  const double layers = 2 * all_reduce_8;
  EXPECT_DOUBLE_EQ(exchanged(steps_of_stage(run, 0), tensor_forward), layers + rounds * row);
  EXPECT_DOUBLE_EQ(exchanged(steps_of_stage(run, 0), tensor_backward), layers + rounds * row);
  EXPECT_DOUBLE_EQ(exchanged(steps_of_stage(run, 3), tensor_forward),
                   layers + rounds * (row + loss));
  EXPECT_DOUBLE_EQ(exchanged(steps_of_stage(run, 3), tensor_backward), layers + rounds * row);
}

TrainingRun context_run(ContextExchange exchange) {
  TrainingRun run = run_of(llama3_405b(), {.tensor = 8, .pipeline = 14, .context = 4}, 14);
  run.context_exchange = exchange;
  return run;
}
constexpr double context_rounds = 9.0 * 14;           // layers of a stage, micro-batches
constexpr double keys_values = bf16 * 512 * 2 * 128;  // of 512 tokens, one head on each rank

const Asked context_forward{StepPart::context_exchange, {StepPhase::forward}};
const Asked context_again{StepPart::context_exchange, {StepPhase::recompute}};
const Asked context_backward{StepPart::context_exchange, {StepPhase::backward}};

TEST(StepsExchange, OfARingPassKeysAndValuesOnAndTheirGradientsBack) {
  TrainingRun run = context_run(ContextExchange::ring);
  EXPECT_DOUBLE_EQ(exchanged(run, context_forward), 3 * keys_values * context_rounds);
  EXPECT_DOUBLE_EQ(exchanged(run, context_backward), 2 * 3 * keys_values * context_rounds);
  EXPECT_EQ(exchanged(run, context_again), 0);
  run.recompute = Recompute::selective;
  EXPECT_DOUBLE_EQ(exchanged(run, context_again), 3 * keys_values * context_rounds);
}

TEST(StepsExchange, OfGatheredSequencesMoveTheSameOnce) {
  const TrainingRun run = context_run(ContextExchange::all_gather);
  const double gathered = 3.0 / 4 * 4 * keys_values * context_rounds;
  EXPECT_DOUBLE_EQ(exchanged(run, context_forward), gathered);
  EXPECT_DOUBLE_EQ(exchanged(run, context_again), gathered);
  EXPECT_DOUBLE_EQ(exchanged(run, context_backward), gathered);
}

// Queries and results of 16 heads; one head of keys and values, that four ranks need.
TEST(StepsExchange, OfSequencesThatBecomeHeads) {
  const TrainingRun run = context_run(ContextExchange::all_to_all);
  const double arrays = bf16 * 512 * 128 * (16 + 4 + 4 + 16);
  EXPECT_DOUBLE_EQ(exchanged(run, context_forward), 3.0 / 4 * arrays * context_rounds);
  EXPECT_DOUBLE_EQ(exchanged(run, context_backward), 3.0 / 4 * arrays * context_rounds);
  EXPECT_EQ(exchanged(run, context_again), 0);
}

TEST(StepsExchange, OfExpertsAreFourAllToAllsInALayer) {
  TrainingRun run = run_of(deepseek_v3(), {.pipeline = 4, .data = 64, .experts = 64}, 128);
  const auto list = steps_of_stage(run, 1);
  const double sent = bf16 * 2048 * 8 * 7168;
  EXPECT_EQ(all_of<Collective>(list, StepPart::expert_exchange, StepPhase::forward).size(), 2U);
  EXPECT_EQ(all_of<Collective>(list, StepPart::expert_exchange, StepPhase::backward).size(), 2U);
  EXPECT_DOUBLE_EQ(exchanged(list, {StepPart::expert_exchange}), 4 * 63.0 / 64 * sent * 15 * 2);
  run.architecture.experts->imbalance = 1.25;
  EXPECT_DOUBLE_EQ(exchanged(steps_of_stage(run, 1), {StepPart::expert_exchange}),
                   1.25 * 4 * 63.0 / 64 * sent * 15 * 2);
  run.recompute = Recompute::full;
  EXPECT_DOUBLE_EQ(
      exchanged(steps_of_stage(run, 1), {StepPart::expert_exchange, {StepPhase::recompute}}),
      1.25 * 2 * 63.0 / 64 * sent * 15 * 2);
}

TEST(StepsExchange, OfNeighboursInAPipelineCrossEachBoundaryTwice) {
  for (const std::int64_t chunks : {1, 3}) {
    const TrainingRun run = run_of(gpt3_175b(), {.tensor = 8, .pipeline = 4, .chunks = chunks}, 16);
    double messages = 0;
    for (const Stage& stage : stages(run)) {
      for (const StepPhase phase : {StepPhase::forward, StepPhase::backward}) {
        for (const auto& [step, transfer] :
             all_of<Transfer>(steps(run, stage), StepPart::pipeline_exchange, phase)) {
          EXPECT_DOUBLE_EQ(transfer.bytes.value, bf16 * 2048 * 12288 / 8);
          EXPECT_EQ(transfer.kind, Transfer::Kind::one_way);
          messages += step.times;
        }
      }
    }
    EXPECT_DOUBLE_EQ(messages, 2.0 * 16 * static_cast<double>(4 * chunks - 1));
  }
}

TEST(StepsExchange, OfTheFirstStageGoForwardAndOfTheLastOneBack) {
  const auto sends = [](const TrainingRun& run, std::int64_t stage, StepPhase phase) {
    return all_of<Transfer>(steps_of_stage(run, stage), StepPart::pipeline_exchange, phase).size();
  };
  const TrainingRun run = tensor_run();
  EXPECT_EQ(sends(run, 0, StepPhase::forward), 1U);
  EXPECT_EQ(sends(run, 0, StepPhase::backward), 0U);
  EXPECT_EQ(sends(run, 3, StepPhase::forward), 0U);
  EXPECT_EQ(sends(run, 3, StepPhase::backward), 1U);
}

// Sequence parallel ranks have an eighth each; others scatter what all of them have, and the next
// stage gathers it (PTD-P, arXiv 2104.04473, section 4.1).
TEST(StepsExchange, OfNeighboursAreThePartOfEachTensorParallelRank) {
  TrainingRun run = tensor_run();
  for (const bool sequence_parallel : {true, false}) {
    run.split.sequence_parallel = sequence_parallel;
    const auto sent =
        all_of<Transfer>(steps_of_stage(run, 1), StepPart::pipeline_exchange, StepPhase::forward);
    EXPECT_DOUBLE_EQ(sent.at(0).second.bytes.value, bf16 * 2048 * 12288 / 8);
  }
}

TEST(StepsExchange, OfOneRankAreNone) {
  for (const Step& step : steps_of_stage(run_of(mixtral_8x7b(), {}, 2), 0)) {
    EXPECT_FALSE(is_between_ranks(step.operation));
  }
}

}  // namespace
}  // namespace shortfall

// Training runs for tests, and sums over their steps: of all ranks of all stages.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/training/step.hpp"

namespace shortfall {

// Published shapes.
inline Architecture gpt3_175b() {
  return {.layers = 96,
          .hidden = 12288,
          .heads = 96,
          .kv_heads = 96,
          .head_dim = 128,
          .ffn = 49152,
          .vocab = 51200,
          .tied_embedding = true};
}

inline Architecture llama3_405b() {
  return {.layers = 126,
          .hidden = 16384,
          .heads = 128,
          .kv_heads = 8,
          .head_dim = 128,
          .ffn = 53248,
          .vocab = 128256,
          .gated_mlp = true};
}

inline Architecture mixtral_8x7b() {
  return {.layers = 32,
          .hidden = 4096,
          .heads = 32,
          .kv_heads = 8,
          .head_dim = 128,
          .ffn = 14336,
          .vocab = 32000,
          .gated_mlp = true,
          .experts = Experts{.count = 8, .per_token = 2, .ffn = 14336}};
}

inline Architecture deepseek_v3() {
  return {
      .layers = 61,
      .hidden = 7168,
      .heads = 128,
      .kv_heads = 128,
      .head_dim = 128,
      .ffn = 18432,
      .vocab = 129280,
      .gated_mlp = true,
      .experts = Experts{.count = 256, .per_token = 8, .shared = 1, .ffn = 2048, .dense_layers = 3},
      .latent = LatentAttention{.query_rank = 1536,
                                .key_value_rank = 512,
                                .plain_dim = 128,
                                .rotary_dim = 64,
                                .value_dim = 128}};
}

// One key and value head for all queries, as PaLM has.
inline Architecture one_key_head() {
  return {.layers = 16,
          .hidden = 2048,
          .heads = 16,
          .kv_heads = 1,
          .head_dim = 256,
          .ffn = 8192,
          .vocab = 256000,
          .gated_mlp = true,
          .tied_embedding = true};
}

inline TrainingRun run_of(const Architecture& model, const Split& split, std::int64_t batch) {
  TrainingRun run;
  run.architecture = model;
  run.split = split;
  run.gpus = split.tensor * split.pipeline * split.data * split.context;
  run.seq_len = 2048;
  run.batch = batch;
  return run;
}

struct NamedRun {
  std::string name;
  TrainingRun run;
};

// Every kind of split, whose shares all are whole.
inline std::vector<NamedRun> divisible_runs() {
  const auto with = [](TrainingRun run, auto change) {
    change(run);
    return run;
  };
  const TrainingRun llama = run_of(llama3_405b(), {.tensor = 8, .pipeline = 7, .data = 4}, 64);
  const TrainingRun mixtral =
      run_of(mixtral_8x7b(), {.tensor = 2, .pipeline = 4, .data = 8, .experts = 8}, 128);
  const TrainingRun deepseek =
      run_of(deepseek_v3(), {.tensor = 4, .pipeline = 16, .data = 32, .experts = 32}, 512);
  return {
      {"one rank", run_of(gpt3_175b(), {}, 4)},
      {"tensor", run_of(gpt3_175b(), {.tensor = 8}, 4)},
      {"pipeline", run_of(gpt3_175b(), {.pipeline = 8}, 32)},
      {"interleaved", run_of(gpt3_175b(), {.tensor = 8, .pipeline = 8, .chunks = 3}, 64)},
      {"data", run_of(gpt3_175b(), {.data = 16}, 64)},
      {"ring", run_of(gpt3_175b(), {.tensor = 4, .data = 2, .context = 8}, 8)},
      {"all-gather", with(run_of(llama3_405b(), {.tensor = 8, .context = 16}, 2),
                          [](auto& r) { r.context_exchange = ContextExchange::all_gather; })},
      {"all-to-all", with(run_of(gpt3_175b(), {.tensor = 4, .context = 8}, 2),
                          [](auto& r) { r.context_exchange = ContextExchange::all_to_all; })},
      {"uneven stages", run_of(llama3_405b(), {.tensor = 8, .pipeline = 16, .data = 2}, 64)},
      {"selective", with(llama, [](auto& r) { r.recompute = Recompute::selective; })},
      {"full", with(llama, [](auto& r) { r.recompute = Recompute::full; })},
      {"no sequence parallelism", with(llama, [](auto& r) { r.split.sequence_parallel = false; })},
      {"zero bubble", with(llama, [](auto& r) { r.schedule = Schedule::zero_bubble; })},
      {"dual pipe", with(deepseek, [](auto& r) { r.schedule = Schedule::dual_pipe; })},
      {"one key head", run_of(one_key_head(), {.pipeline = 4, .data = 2}, 16)},
      {"larger micro-batches", with(mixtral, [](auto& r) { r.micro_batch = 4; })},
      {"experts", mixtral},
      {"experts, full", with(mixtral, [](auto& r) { r.recompute = Recompute::full; })},
      {"experts whole", with(mixtral, [](auto& r) { r.split.expert_tensor = 1; })},
      {"experts beyond data", with(mixtral, [](auto& r) { r.split.data = 4; })},
      {"latent", deepseek},
      {"latent, full", with(deepseek, [](auto& r) { r.recompute = Recompute::full; })},
      {"fp8", with(deepseek, [](auto& r) { r.precision = Precision::fp8; })},
      {"sharded", with(llama, [](auto& r) { r.sharding = Sharding::parameters; })},
      {"clusters", with(llama,
                        [](auto& r) {
                          r.outer = OuterLoop{2, 100};
                        })},
  };
}

inline double ranks_of_stage(const TrainingRun& run) {
  return static_cast<double>(run.split.tensor * run.split.data * run.split.context);
}

inline double flop_of(const Step& step) { return work(step.operation, {}).flop.value * step.times; }

// `value` of every step of one rank, summed up over all ranks.
template <class Value>
double sum_over_ranks(const TrainingRun& run, Value value) {
  double sum = 0;
  for (const Stage& stage : stages(run)) {
    for (const Step& step : steps(run, stage)) sum += value(step) * ranks_of_stage(run);
  }
  return sum;
}

// Steps of one kind of Operation, with what they are.
template <class Kind>
std::vector<std::pair<Step, Kind>> all_of(const std::vector<Step>& list, StepPart part,
                                          StepPhase phase) {
  std::vector<std::pair<Step, Kind>> found;
  for (const Step& step : list) {
    const auto* operation = std::get_if<Kind>(&step.operation);
    if (operation && step.part == part && step.phase == phase) found.emplace_back(step, *operation);
  }
  return found;
}

inline std::vector<Step> steps_of_stage(const TrainingRun& run, std::int64_t index) {
  return steps(run, stages(run)[static_cast<std::size_t>(index)]);
}

}  // namespace shortfall

// Runs of one stage, small enough to be executed, of every kind that can be.
#pragma once

#include "sample_runs.hpp"

namespace shortfall {

inline Architecture small_gpt() {
  return {.layers = 4,
          .hidden = 256,
          .heads = 8,
          .kv_heads = 8,
          .head_dim = 32,
          .ffn = 1024,
          .vocab = 4096,
          .tied_embedding = true};
}

inline Architecture small_llama() {
  Architecture a = small_gpt();
  a.kv_heads = 2;
  a.ffn = 704;
  a.gated_mlp = true;
  a.tied_embedding = false;
  return a;
}

inline Architecture small_mixtral() {
  Architecture a = small_llama();
  a.experts = Experts{.count = 8, .per_token = 2, .ffn = 352, .dense_layers = 1};
  return a;
}

inline TrainingRun executed(const Architecture& model, const Split& split, std::int64_t batch) {
  TrainingRun run = run_of(model, split, batch);
  run.id = "sample";
  run.seq_len = 128;
  run.precision = Precision::fp32;
  run.software = {
      .attention = AttentionKernel::separate, .hides_data_exchange = false, .is_in_sequence = true};
  return run;
}

inline std::vector<NamedRun> executable_runs() {
  const auto with = [](TrainingRun run, auto change) {
    change(run);
    return run;
  };
  const TrainingRun llama = executed(small_llama(), {.tensor = 2, .data = 2}, 8);
  const TrainingRun mixtral = executed(small_mixtral(), {.data = 4, .experts = 4}, 8);
  return {
      {"one rank", executed(small_gpt(), {}, 3)},
      {"data", executed(small_gpt(), {.data = 4}, 8)},
      {"tensor", executed(small_gpt(), {.tensor = 4}, 2)},
      {"grouped queries", llama},
      {"kernel", with(llama, [](auto& r) { r.software.attention = AttentionKernel::flash_2; })},
      {"no sequence parallelism", with(llama, [](auto& r) { r.split.sequence_parallel = false; })},
      {"full", with(llama, [](auto& r) { r.recompute = Recompute::full; })},
      {"selective", with(llama, [](auto& r) { r.recompute = Recompute::selective; })},
      {"ZeRO-1", with(llama, [](auto& r) { r.sharding = Sharding::optimizer; })},
      {"ZeRO-2", with(llama, [](auto& r) { r.sharding = Sharding::gradients; })},
      {"FSDP", with(llama, [](auto& r) { r.sharding = Sharding::parameters; })},
      {"experts", mixtral},
      {"experts, FSDP", with(mixtral, [](auto& r) { r.sharding = Sharding::parameters; })},
      {"experts, tensor",
       with(mixtral, [](auto& r) { r.split = {.tensor = 2, .data = 2, .experts = 2}; })},
      {"experts whole",
       with(mixtral,
            [](auto& r) { r.split = {.tensor = 2, .data = 2, .experts = 2, .expert_tensor = 1}; })},
  };
}

}  // namespace shortfall

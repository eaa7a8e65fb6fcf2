// Training runs for tests: published ones, and a good one to spoil.
#pragma once

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "model/training/run_json.hpp"

namespace shortfall::sample {

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string text_of_data(const std::string& name) {
  return text_of(SHORTFALL_SOURCE_DIR "/tests/data/" + name);
}

// All keys told; 8 stages of 4 x 2 GPUs for each replica.
inline nlohmann::ordered_json good_run() {
  return {{"id", "lab-7"},
          {"year", 2024},
          {"model", "mixture"},
          {"arch",
           {{"layers", 64},
            {"hidden", 4096},
            {"heads", 32},
            {"kv_heads", 8},
            {"head_dim", 128},
            {"ffn", 14336},
            {"vocab", 32000},
            {"gated_mlp", true},
            {"tied_embedding", false},
            {"mla", nullptr},
            {"moe",
             {{"dense_layers", 2},
              {"experts", 16},
              {"topk", 2},
              {"shared", 1},
              {"moe_ffn", 1408},
              {"total_params", 7e10},
              {"active_params", 1.2e10},
              {"groups_per_token", 3},
              {"imbalance", 1.25}}}}},
          {"gpu", "H100-SXM5-80GB"},
          {"gpus", 512},
          {"peak_flops_per_gpu", 989.4e12},
          {"network", {{"name", "lab"}, {"nvlink_uni_GBps", 450}, {"nic_uni_GBps_per_gpu", 50}}},
          {"seq_len", 8192},
          {"global_batch_seqs", 256},
          {"tp", 4},
          {"pp", 8},
          {"vp", 4},
          {"dp", 8},
          {"cp", 2},
          {"ep", 16},
          {"micro_batch", 2},
          {"fsdp_or_zero", "HSDP"},
          {"shards", 4},
          {"recompute", "selective"},
          {"precision", "fp8"},
          {"schedule", "interleaved 1F1B"},
          {"sequence_parallel", true},
          {"context_exchange", "all_gather"},
          {"scale_up_gpus", 8},
          {"device_classes", {{{"gpu", "A100-SXM4-80GB"}, {"gpus", 256}}}},
          {"outer", {{"clusters", 2}, {"local_steps", 500}, {"link_bytes_per_s", 1.25e10}}},
          {"reported", {{"mfu", 0.4}}},
          {"derived", {{"iter_s", 12.5}}}};
}

inline RunRow row_after(const std::function<void(nlohmann::ordered_json&)>& change) {
  nlohmann::ordered_json run = good_run();
  change(run);
  return runs_from(nlohmann::ordered_json{{"rows", {run}}}.dump(), "runs.json").front();
}

}  // namespace shortfall::sample

#include "model/training/run_writing_json.hpp"

#include <fmt/format.h>

#include "model/training/choice_words.hpp"
#include "model/training/software_json.hpp"

namespace shortfall {
namespace {

constexpr double giga = 1e9, tera = 1e12;

Json experts_of(const Experts& experts) {
  Json moe{{"dense_layers", experts.dense_layers},
           {"experts", experts.count},
           {"topk", experts.per_token},
           {"shared", experts.shared},
           {"moe_ffn", experts.ffn},
           {"imbalance", experts.imbalance}};
  if (experts.published_active) moe["active_params"] = *experts.published_active;
  if (experts.groups_per_token > 0) moe["groups_per_token"] = experts.groups_per_token;
  return moe;
}

Json architecture_of(const Architecture& a) {
  Json arch{
      {"layers", a.layers},     {"hidden", a.hidden},       {"heads", a.heads},
      {"kv_heads", a.kv_heads}, {"head_dim", a.head_dim},   {"ffn", a.ffn},
      {"vocab", a.vocab},       {"gated_mlp", a.gated_mlp}, {"tied_embedding", a.tied_embedding}};
  if (a.experts) arch["moe"] = experts_of(*a.experts);
  if (const auto& m = a.latent) {
    arch["mla"] = {{"q_lora", m->query_rank},
                   {"kv_lora", m->key_value_rank},
                   {"qk_nope", m->plain_dim},
                   {"qk_rope", m->rotary_dim},
                   {"v", m->value_dim}};
  }
  return arch;
}

Json network_of(const Fabric& fabric) {
  Json network = Json::object();
  if (!fabric.name.empty()) network["name"] = fabric.name;
  if (fabric.scale_up) network["nvlink_uni_GBps"] = fabric.scale_up->value / giga;
  if (fabric.scale_out) network["nic_uni_GBps_per_gpu"] = fabric.scale_out->value / giga;
  return network;
}

// Limits of devices are told in words.
std::string notes_of(const Fabric& fabric) {
  std::string notes;
  if (fabric.power_limit_w) notes += fmt::format("limited to {} W. ", *fabric.power_limit_w);
  if (fabric.memory) notes += fmt::format("memory: {} TB/s. ", fabric.memory->value / tera);
  return notes;
}

void write_devices(Json& row, const TrainingRun& run) {
  row["gpu"] = run.gpu;
  row["gpus"] = run.gpus;
  if (run.peak) row["peak_flops_per_gpu"] = run.peak->value;
  if (Json network = network_of(run.fabric); !network.empty()) row["network"] = std::move(network);
  if (run.fabric.scale_up_gpus > 0) row["scale_up_gpus"] = run.fabric.scale_up_gpus;
  for (const DeviceClass& one : run.others) {
    row["device_classes"].push_back({{"gpu", one.gpu}, {"gpus", one.gpus}});
  }
  if (const std::string notes = notes_of(run.fabric); !notes.empty()) row["notes"] = notes;
}

void write_split(Json& row, const TrainingRun& run) {
  const Split& s = run.split;
  row["tp"] = s.tensor;
  row["pp"] = s.pipeline;
  row["vp"] = s.chunks;
  row["dp"] = s.data;
  row["cp"] = s.context;
  row["ep"] = s.experts;
  row["micro_batch"] = run.micro_batch;
  row["fsdp_or_zero"] = word_for(run.sharding);
  if (s.shards > 0) row["shards"] = s.shards;
  row["recompute"] = word_for(run.recompute);
  row["precision"] = word_for(run.precision);
  row["schedule"] = word_for(run.schedule);
  row["sequence_parallel"] = s.sequence_parallel;
  row["context_exchange"] = word_for(run.context_exchange);
}

}  // namespace

Json json_of(const TrainingRun& run) {
  Json row{{"id", run.id}};
  if (!run.model.empty()) row["model"] = run.model;
  row["arch"] = architecture_of(run.architecture);
  write_devices(row, run);
  row["seq_len"] = run.seq_len;
  row["global_batch_seqs"] = run.batch;
  write_split(row, run);
  row["software"] = json_of(run.software);
  if (run.outer) {
    row["outer"] = {{"clusters", run.outer->clusters},
                    {"local_steps", run.outer->local_steps},
                    {"link_bytes_per_s", run.outer->link.value}};
  }
  if (const auto& r = run.reliability) {
    row["reliability"] = {{"between_failures_of_gpu_s", r->between_failures_of_gpu.value},
                          {"checkpoint_s", r->checkpoint.value},
                          {"restart_s", r->restart.value},
                          {"repair_s", r->repair.value},
                          {"has_spares", r->has_spares}};
  }
  if (run.measured) row["derived"] = {{"iter_s", run.measured->value}};
  return row;
}

}  // namespace shortfall

#include "model/training/check_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace shortfall {
namespace {

using Found = std::optional<Fault>;

double product(std::initializer_list<std::int64_t> factors) {
  double all = 1;
  for (const std::int64_t factor : factors) all *= static_cast<double>(factor);
  return all;
}

struct Count {
  std::string_view field;
  std::int64_t value, most;
  std::int64_t least = 1;
};

Found outside(const std::vector<Count>& counts) {
  for (const Count& c : counts) {
    if (c.value >= c.least && c.value <= c.most) continue;
    return Fault{
        std::string(c.field),
        fmt::format("expected a whole number from {} to {}, found {}", c.least, c.most, c.value)};
  }
  return std::nullopt;
}

Found not_within(const std::string& field, double value, double least, double most,
                 std::string_view unit) {
  if (value >= least && value <= most) return std::nullopt;  // false for what is no number
  return Fault{field,
               fmt::format("expected {:g} to {:g} {}, found {:g}", least, most, unit, value)};
}

Found no_divisor(const std::string& field, std::int64_t value, const std::string& of_what,
                 std::int64_t of) {
  if (of % value == 0) return std::nullopt;
  return Fault{field, fmt::format("expected a divisor of {} = {}, found {}", of_what, of, value)};
}

Found shape(const TrainingRun& run) {
  const Architecture& a = run.architecture;
  return outside({{"arch.layers", a.layers, most_layers},
                  {"arch.hidden", a.hidden, most_width},
                  {"arch.heads", a.heads, most_width},
                  {"arch.kv_heads", a.kv_heads, a.heads},
                  {"arch.head_dim", a.head_dim, most_width},
                  {"arch.ffn", a.ffn, most_width},
                  {"arch.vocab", a.vocab, most_width}});
}

Found latent_attention(const TrainingRun& run) {
  if (!run.architecture.latent) return std::nullopt;
  const LatentAttention& m = *run.architecture.latent;
  return outside({{"arch.mla.q_lora", m.query_rank, most_width, 0},
                  {"arch.mla.kv_lora", m.key_value_rank, most_width},
                  {"arch.mla.qk_nope", m.plain_dim, most_width},
                  {"arch.mla.qk_rope", m.rotary_dim, most_width, 0},
                  {"arch.mla.v", m.value_dim, most_width}});
}

Found experts(const TrainingRun& run) {
  if (!run.architecture.experts) return std::nullopt;
  const Experts& e = *run.architecture.experts;
  const Found count =
      outside({{"arch.moe.experts", e.count, most_experts},
               {"arch.moe.topk", e.per_token, e.count},
               {"arch.moe.shared", e.shared, most_experts, 0},
               {"arch.moe.moe_ffn", e.ffn, most_width},
               {"arch.moe.dense_layers", e.dense_layers, run.architecture.layers - 1, 0}});
  if (count) return count;
  if (e.published_active) {
    const Found active =
        not_within("arch.moe.active_params", *e.published_active, 1, most_parameters, "parameters");
    if (active) return active;
  }
  return not_within("arch.moe.imbalance", e.imbalance, 1, static_cast<double>(e.count),
                    "times the mean, all tokens for one expert at worst");
}

Found queries_and_keys(const TrainingRun& run) {
  if (run.architecture.latent) return std::nullopt;
  return no_divisor("arch.kv_heads", run.architecture.kv_heads, "arch.heads",
                    run.architecture.heads);
}

Found size_of_model(const TrainingRun& run) {
  const double total = parameters(run.architecture).total;
  if (total <= most_parameters) return std::nullopt;
  return Fault{"arch", fmt::format("expected at most 2^53 parameters, found {:.3g}", total)};
}

Found counts(const TrainingRun& run) {
  const Split& s = run.split;
  return outside({{"gpus", run.gpus, most_gpus},
                  {"seq_len", run.seq_len, most_tokens},
                  {"global_batch_seqs", run.batch, most_sequences},
                  {"micro_batch", run.micro_batch, most_sequences},
                  {"tp", s.tensor, most_gpus},
                  {"pp", s.pipeline, most_gpus},
                  {"vp", s.chunks, most_layers},
                  {"dp", s.data, most_gpus},
                  {"cp", s.context, most_gpus},
                  {"ep", s.experts, most_gpus},
                  {"shards", s.shards, most_gpus, 0},
                  {"scale_up_gpus", run.fabric.scale_up_gpus, most_gpus, 0}});
}

Found work_of_a_step(const TrainingRun& run) {
  const Architecture& a = run.architecture;
  if (product({run.batch, run.seq_len}) > most_parameters) {
    return Fault{"global_batch_seqs", fmt::format("expected at most 2^53 tokens, found {} x {}",
                                                  run.batch, run.seq_len)};
  }
  const std::int64_t widest =
      std::max({a.hidden, a.ffn, a.vocab, a.heads * (key_dim(a) + value_dim(a))});
  if (product({run.micro_batch, run.seq_len, widest}) > most_parameters) {
    return Fault{"micro_batch", fmt::format("expected at most 2^53 activations of one layer, found "
                                            "{} x seq_len {} x {}",
                                            run.micro_batch, run.seq_len, widest)};
  }
  return std::nullopt;
}

Found ways(const TrainingRun& run) {
  const Split& s = run.split;
  if (product({s.tensor, s.pipeline, s.data, s.context}) == static_cast<double>(run.gpus)) {
    return std::nullopt;
  }
  return Fault{"gpus", fmt::format("expected tp x pp x dp x cp = {} x {} x {} x {} = {:.0f}, "
                                   "found {}",
                                   s.tensor, s.pipeline, s.data, s.context,
                                   product({s.tensor, s.pipeline, s.data, s.context}), run.gpus)};
}

Found tensor(const TrainingRun& run) {
  const Architecture& a = run.architecture;
  const std::int64_t ways = run.split.tensor;
  if (const Found found = no_divisor("tp", ways, "arch.heads", a.heads)) return found;
  // A rank with fewer than one head of keys holds a copy of it.
  const bool is_dealt = a.latent || a.kv_heads % ways == 0 || ways % a.kv_heads == 0;
  if (!is_dealt) {
    return Fault{"tp", fmt::format("expected a divisor or a multiple of arch.kv_heads = {}, "
                                   "found {}",
                                   a.kv_heads, ways)};
  }
  if (dense_layers(a) == 0) return std::nullopt;
  return no_divisor("tp", ways, "arch.ffn", a.ffn);
}

Found pipeline(const TrainingRun& run) {
  const std::int64_t layers = run.architecture.layers;
  const std::int64_t stages = run.split.pipeline, chunks = run.split.chunks;
  if (stages > layers) {
    return Fault{"pp", fmt::format("expected at most one stage for each of the {} layers, found {}",
                                   layers, stages)};
  }
  // The embedding and the output may have a chunk of their own, as in Llama 3.
  if (product({stages, chunks}) > static_cast<double>(layers + 2)) {
    return Fault{"vp", fmt::format("expected at most {} chunks for {} layers, the embedding and "
                                   "the output, found pp x vp = {} x {}",
                                   layers + 2, layers, stages, chunks)};
  }
  return std::nullopt;
}

Found batch(const TrainingRun& run) {
  const double each = product({run.split.data, run.micro_batch});
  if (std::fmod(static_cast<double>(run.batch), each) == 0) return std::nullopt;
  return Fault{"global_batch_seqs", fmt::format("expected a multiple of dp x micro_batch = {} x {},"
                                                " found {}",
                                                run.split.data, run.micro_batch, run.batch)};
}

Found sequence(const TrainingRun& run) {
  const Split& s = run.split;
  if (const Found found = no_divisor("cp", s.context, "seq_len", run.seq_len)) return found;
  const bool is_split_again = s.sequence_parallel && s.tensor > 1;
  if (is_split_again && run.seq_len / s.context % s.tensor != 0) {
    return Fault{"sequence_parallel",
                 fmt::format("expected false, for cp x tp = {} x {} do not divide seq_len = {}",
                             s.context, s.tensor, run.seq_len)};
  }
  const bool exchanges_heads = run.context_exchange == ContextExchange::all_to_all;
  if (!exchanges_heads) return std::nullopt;
  return no_divisor("cp", s.context, "arch.heads / tp with all_to_all",
                    run.architecture.heads / s.tensor);
}

Found expert_ways(const TrainingRun& run) {
  const Split& s = run.split;
  if (s.experts == 1) return std::nullopt;
  if (!run.architecture.experts) {
    return Fault{"ep", fmt::format("expected 1 without arch.moe, found {}", s.experts)};
  }
  const std::int64_t count = run.architecture.experts->count;
  if (const Found found = no_divisor("ep", s.experts, "arch.moe.experts", count)) return found;
  return no_divisor("ep", s.experts, "tp x dp x cp", run.gpus / s.pipeline);
}

Found shards(const TrainingRun& run) {
  const Split& s = run.split;
  if (s.shards == 0) return std::nullopt;
  if (run.sharding != Sharding::hybrid) {
    return Fault{"shards",
                 fmt::format("expected none, for fsdp_or_zero is not hybrid, found {}", s.shards)};
  }
  return no_divisor("shards", s.shards, "dp x cp", run.gpus / s.pipeline / s.tensor);
}

Found fabric(const TrainingRun& run) {
  const auto link = [](const std::string& field, const std::optional<Bandwidth>& rate) {
    return rate ? not_within(field, rate->value / 1e9, least_link.value / 1e9,
                             most_link.value / 1e9, "GB/s")
                : Found{};
  };
  if (const Found found = link("network.nvlink_uni_GBps", run.fabric.scale_up)) return found;
  if (const Found found = link("network.nic_uni_GBps_per_gpu", run.fabric.scale_out)) return found;
  if (!run.peak) return std::nullopt;
  return not_within("peak_flops_per_gpu", run.peak->value, least_peak.value, most_peak.value,
                    "FLOP/s");
}

Found clusters(const TrainingRun& run) {
  if (!run.outer) return std::nullopt;
  const OuterLoop& o = *run.outer;
  const Found count = outside({{"outer.clusters", o.clusters, most_gpus},
                               {"outer.local_steps", o.local_steps, most_local_steps}});
  if (count) return count;
  const Found link =
      not_within("outer.link_bytes_per_s", o.link.value, least_link.value, most_link.value, "B/s");
  if (link) return link;
  return no_divisor("outer.clusters", o.clusters, "dp", run.split.data);
}

Found other_devices(const TrainingRun& run) {
  std::int64_t others = 0;
  for (const DeviceClass& one : run.others) {
    if (const Found found = outside({{"device_classes.gpus", one.gpus, most_gpus}})) return found;
    others += one.gpus;
    if (others < run.gpus) continue;
    return Fault{"device_classes",
                 fmt::format("expected fewer than the {} GPUs of the run, among which are those of "
                             "'gpu', found {}",
                             run.gpus, others)};
  }
  return std::nullopt;
}

Found failures(const TrainingRun& run) {
  if (!run.reliability) return std::nullopt;
  const Reliability& r = *run.reliability;
  const auto time = [](const std::string& field, Seconds found, double least) {
    return not_within("reliability." + field, found.value, least, most_pause.value, "s");
  };
  if (Found found = time("between_failures_of_gpu_s", r.between_failures_of_gpu, 1)) return found;
  if (Found found = time("checkpoint_s", r.checkpoint, 0)) return found;
  if (Found found = time("restart_s", r.restart, 0)) return found;
  return time("repair_s", r.repair, 0);
}

Found measurement(const TrainingRun& run) {
  if (!run.measured) return std::nullopt;
  constexpr double least_step = 1e-9;
  return not_within("derived.iter_s", run.measured->value, least_step, most_measured.value, "s");
}

// Each may rely on what those before it found in order.
constexpr std::array checks{shape,         latent_attention, experts,        queries_and_keys,
                            size_of_model, counts,           work_of_a_step, ways,
                            tensor,        pipeline,         batch,          sequence,
                            expert_ways,   shards,           fabric,         clusters,
                            other_devices, failures,         measurement};

}  // namespace

std::optional<Fault> fault_in(const TrainingRun& run) {
  for (const auto check : checks) {
    if (Found found = check(run)) return found;
  }
  return std::nullopt;
}

}  // namespace shortfall

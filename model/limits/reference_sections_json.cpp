#include "model/limits/reference_sections_json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "model/limits/closed_form.hpp"
#include "model/limits/comparison_json.hpp"
#include "model/limits/matmul.hpp"
#include "model/limits/training.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t largest_width = std::int64_t{1} << 30;
constexpr std::int64_t largest_number = std::int64_t{1} << 40;

double count_from(const Node& node) {
  return static_cast<double>(node.integer(1, std::int64_t{1} << 61));
}

MatrixProduct product_from(const Node& entry) {
  return {count_from(entry["d1"]), count_from(entry["d2"]), count_from(entry["b"]),
          entry["for_weight_grads"].boolean()};
}

std::size_t level_from(const Node& level, const Accelerator& gpu) {
  return static_cast<std::size_t>(
      level.integer(0, static_cast<std::int64_t>(gpu.network.size()) - 1));
}

LimitRun run_from(const Node& in, const Assumptions& assumed) {
  LimitRun run;
  run.model = {.d_model = in["d_model"].integer(1, largest_width),
               .d_ff = in["d_ff"].integer(1, largest_width),
               .layers = in["layers"].integer(2, largest_width),
               .experts = in["sparsity"].integer(1, largest_width),
               .tokens_per_parameter = assumed.tokens_per_parameter};
  run.batch_sequences = in["batch_seqs"].integer(1, largest_number);
  run.sequence = in["seq_len"].integer(1, 1 << 20);
  const Node recompute = in["recompute"];
  run.habits = {.overlap_widths = number_from(in["overlap_TP"], 0),
                .overlap_stages = number_from(in["overlap_PP"], 0),
                .overlap_data = in["overlap_DP"].integer(0, 1) == 1,
                .recompute = !recompute.is_absent() && recompute.boolean()};
  return run;
}

Division division_from(const Node& in, std::size_t levels) {
  Division division{
      .data = split_from(in["DP_tup"], levels),
      .stages = split_from(in["PP_tup"], levels),
      .experts = split_from(in["EP_tup"], levels),
      .widths = {split_from(in["TP_model_tup"], levels), split_from(in["TP_ff_tup"], levels)},
      .micro_batches = in["num_microbatches"].integer(1, largest_number),
      .interleave = in["interleave_v"].integer(1, largest_number),
      .zero_bubble = in["zero_bubble"].boolean()};
  double product = static_cast<double>(division.micro_batches);
  for (const LevelSplit& split : {division.data, division.stages, division.experts,
                                  division.widths.model, division.widths.ff}) {
    for (const std::int64_t here : split) product *= static_cast<double>(here);
  }
  if (product > std::pow(2.0, 62)) in.reject("a cluster of at most 2^62 GPUs and micro-batches");
  return division;
}

void compare_training(const Comparison& compare, const LimitRun& run, const Division& division,
                      const StepTime& time) {
  compare.same("N_gpu", static_cast<long double>(division.gpus()));
  compare.same("params", run.model.parameters());
  compare.same("tokens", run.model.tokens());
  compare.close("num_steps", run.steps());
  compare.close("step_time_s", time.step);
  compare.close("total_time_s", time.step * run.steps());
  compare.close("utilization", time.utilization());
  compare.close("arithmetic_time_s", time.arithmetic);
  compare.close("matmul_time_s", time.products);
  compare.close("tp_bandwidth_s", time.widths.bandwidth);
  compare.close("tp_latency_s", time.widths.latency);
  compare.close("pp_ep_bandwidth_s", time.activations.bandwidth);
  compare.close("pp_ep_latency_s", time.activations.latency);
  compare.close("dp_bandwidth_s", time.data.bandwidth);
  compare.close("dp_latency_s", time.data.latency);
  compare.close("bubble_fraction", time.bubble);
}

// Every object of an entry is named after a GPU.
void compare_nodes(const Node& entry, const GrowthLaw& law, const ReferenceInputs& inputs,
                   SectionCheck& check, const std::string& place) {
  for (const auto& [key, value] : entry.object().items()) {
    if (!value.is_object()) continue;
    const Node node = entry[key];
    const auto gpu = inputs.gpus.find(key);
    if (gpu == inputs.gpus.end()) node.reject("the name of a GPU of section 'gpus' as its key");
    const NodeLimits limits = bandwidth_limit(gpu->second, law);
    const Comparison compare(check, node, place + "." + key);
    compare.close("node_mac_per_s", limits.multiply_adds_per_s);
    compare.close("net_words_per_s", limits.network_words_per_s);
    compare.close("mem_words_per_s", limits.memory_words_per_s);
    compare.close("nanobatch", limits.nanobatch);
    compare.close("activation_shard", limits.activation_shard);
    compare.close("T_crit_flop", limits.end_of_linear_scaling);
  }
}

}  // namespace

void check_matmul(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    compare.close("time_s", product_time(product_from(entry), gpu_from(entry["gpu"], inputs),
                                         inputs.assumed));
  });
}

void check_matmul_io(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    const TileStore store{.capacity = {positive_from(entry["max_tile_bytes"])},
                          .concurrent = positive_from(entry["num_concurrent"]),
                          .is_shared = entry["distributed_memory"].boolean()};
    const Traffic moved =
        traffic(product_from(entry), store, gpu_from(entry["gpu"], inputs).word_bytes());
    compare.close("interlevel_io_bytes", moved.from_above);
    compare.close("dist_io_bytes", moved.between_stores);
  });
}

void check_scaling(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  Assumptions assumed = inputs.assumed;
  assumed.sequence = 2048;  // what the keys say, whatever other sections are for
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    const bool is_dense = entry["sparsity"].integer(1, largest_width) == 1;
    const TrainedModel model = model_of_width(
        entry["d_model"].integer(1, largest_width), entry["d_ff"].integer(1, largest_width),
        is_dense ? Sparsity::dense : Sparsity::sparse, assumed);
    const auto batch = [&](BatchRule rule) {
      return static_cast<long double>(batch_sequences(model, rule, assumed));
    };
    compare.same("layers", static_cast<long double>(model.layers));
    compare.same("sparsity", static_cast<long double>(model.experts));
    compare.same("params", model.parameters());
    compare.same("tokens", model.tokens());
    compare.close("compute_flop", model.training());
    compare.same("critical_batch_seqs_2048", batch(BatchRule::critical));
    compare.same("critical_batch_deepseek_seqs_2048", batch(BatchRule::optimistic));
  });
}

void check_comm(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    const Accelerator& gpu = gpu_from(entry["gpu"], inputs);
    const Cluster cluster{gpu, positive_from(entry["cluster_size"])};
    const std::size_t level = level_from(entry["level"], gpu);
    const double words = number_from(entry["words"], 0);
    const Repeats repeats{number_from(entry["repeat_sequential"], 0),
                          number_from(entry["repeat_parallel"], 0)};
    const std::string& op = entry["op"].text();
    if (op != "allreduce" && op != "p2p") entry["op"].reject("allreduce or p2p");
    const Delay delay =
        op == "p2p" ? point_to_point(cluster, level, words, repeats)
                    : all_reduce(cluster, level, entry["participants"].integer(1, largest_number),
                                 words, repeats);
    compare.close("latency_s", delay.latency);
    compare.close("bandwidth_s", delay.bandwidth);
  });
}

void check_passing(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for_each_entry(entries, check, [&](const Node& entry, const Comparison& compare) {
    const Accelerator& gpu = gpu_from(entry["gpu"], inputs);
    const std::size_t levels = gpu.network.size();
    const Passing passing{.stages = split_from(entry["PP_tup"], levels),
                          .experts = split_from(entry["EP_tup"], levels),
                          .interleave = entry["v"].integer(1, largest_number)};
    const Delay delay =
        pass_activations({gpu, positive_from(entry["N"])}, passing, count_from(entry["d_model"]),
                         static_cast<double>(entry["layers"].integer(2, largest_width)),
                         positive_from(entry["batch_tokens"]));
    compare.close("latency_s", delay.latency);
    compare.close("bandwidth_s", delay.bandwidth);
  });
}

void check_training(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for (std::size_t i = 0; i < entries.list().size(); ++i) {
    const Node entry = entries[i];
    const Node in = entry["inputs"], out = entry["outputs"];
    const Accelerator& gpu = gpu_from(entry["gpu"], inputs);
    const LimitRun run = run_from(in, inputs.assumed);
    const Division division = division_from(in, gpu.network.size());
    const Comparison compare(check, out, place_of(check.name, i) + ".outputs");
    ++check.entries;
    compare_training(compare, run, division, step_time(run, division, gpu, inputs.assumed));
  }
}

void check_closed_form(const Node& entries, ReferenceInputs& inputs, SectionCheck& check) {
  for (std::size_t i = 0; i < entries.list().size(); ++i) {
    const Node entry = entries[i];
    const std::string place = place_of(check.name, i);
    const Comparison compare(check, entry, place);
    const GrowthLaw law{.alpha = entry["alpha"].number(),
                        .start = {positive_from(entry["T0_flop"])},
                        .batch_tokens = positive_from(entry["b0_tokens"]),
                        .layers = positive_from(entry["L0"]),
                        .duration = {positive_from(entry["duration_s"])}};
    ++check.entries;
    compare.close("T_limit_flop", latency_limit({positive_from(entry["latency_s"])}, law));
    compare_nodes(entry, law, inputs, check, place);
  }
}

}  // namespace shortfall

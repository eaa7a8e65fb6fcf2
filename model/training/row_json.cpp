#include "model/training/row_json.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "model/training/architecture_json.hpp"
#include "model/training/check_run.hpp"
#include "model/training/remarks_json.hpp"
#include "model/training/run_words.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t most_classes = 100, last_year = 2200;
// Sequence parallelism came with Megatron-LM 3 (2022); recipes since then turn it on wherever there
// is tensor parallelism. Runs in fp16 follow older ones.
constexpr std::int64_t first_year_of_sequence_parallelism = 2023;

// Free text; "", "-" and the like are as good as null.
std::string words(const RunSection& row, std::string_view key) {
  const std::string text = row.text(key);
  return words_in(text).empty() ? "" : text;
}

// What `understand` makes of the words; nothing if there are none.
template <class Meaning>
std::optional<Meaning> choice(const RunSection& row, std::string_view key,
                              std::optional<Meaning> (*understand)(std::string_view),
                              std::string_view known) {
  const std::string text = words(row, key);
  if (text.empty()) return std::nullopt;
  const auto found = understand(text);
  if (!found) row[key].reject(known);
  return found;
}

void read_fabric(const RunSection& row, TrainingRun& run, Untold& untold) {
  run.fabric.scale_up_gpus = row.count("scale_up_gpus", most_gpus).value_or(0);
  const auto peak = row.figure("peak_flops_per_gpu");
  if (peak) run.peak = Throughput{*peak};
  const Node node = row["network"];
  if (node.is_absent()) {
    row.assume("network", "that of the datasheet");
    return;
  }
  constexpr double giga = 1e9;
  const RunSection network(node, "network.", untold,
                           {"name", "nvlink_uni_GBps", "nic_uni_GBps_per_gpu"});
  run.fabric.name = network.name("name");
  const auto rate = [&](std::string_view key) -> std::optional<Bandwidth> {
    if (const auto figure = network.figure(key)) return Bandwidth{*figure * giga};
    network.assume(key, "that of the datasheet");
    return std::nullopt;
  };
  run.fabric.scale_up = rate("nvlink_uni_GBps");
  run.fabric.scale_out = rate("nic_uni_GBps_per_gpu");
}

void read_classes(const RunSection& row, TrainingRun& run, Untold& untold) {
  const Node list = row["device_classes"];
  if (list.is_absent()) return;
  if (static_cast<std::int64_t>(list.list().size()) > most_classes) {
    list.reject(fmt::format("at most {} of them", most_classes));
  }
  for (std::size_t i = 0; i < list.list().size(); ++i) {
    const Node node = list[i];
    const RunSection one(node, fmt::format("device_classes[{}].", i), untold, {"gpu", "gpus"});
    run.others.push_back({one.needed_name("gpu"), one.needed("gpus", most_gpus)});
  }
}

void read_outer(const RunSection& row, TrainingRun& run, Untold& untold) {
  const Node node = row["outer"];
  if (node.is_absent()) return;
  const RunSection outer(node, "outer.", untold, {"clusters", "local_steps", "link_bytes_per_s"});
  OuterLoop loop{.clusters = outer.needed("clusters", most_gpus),
                 .local_steps = outer.needed("local_steps", most_local_steps)};
  const auto link = outer.figure("link_bytes_per_s");
  if (!link) node["link_bytes_per_s"].reject("bytes per second between two clusters");
  loop.link = {*link};
  run.outer = loop;
}

void read_reliability(const RunSection& row, TrainingRun& run, Untold& untold) {
  const Node node = row["reliability"];
  if (node.is_absent()) return;
  const RunSection told(
      node, "reliability.", untold,
      {"between_failures_of_gpu_s", "checkpoint_s", "restart_s", "repair_s", "has_spares"});
  const auto seconds = [&](std::string_view key) { return Seconds{node[key].number()}; };
  Reliability reliability{.between_failures_of_gpu = seconds("between_failures_of_gpu_s"),
                          .checkpoint = seconds("checkpoint_s"),
                          .restart = seconds("restart_s")};
  reliability.has_spares = told.flag_or("has_spares", true);
  if (!reliability.has_spares || told.tells("repair_s")) reliability.repair = seconds("repair_s");
  run.reliability = reliability;
}

// At most 2^53, which is more than any limit and so refused later.
std::int64_t product(std::initializer_list<std::int64_t> factors) {
  double all = 1;
  for (const std::int64_t factor : factors) all *= static_cast<double>(factor);
  return all < most_parameters ? static_cast<std::int64_t>(all)
                               : static_cast<std::int64_t>(most_parameters);
}

void read_split(const RunSection& row, TrainingRun& run) {
  Split& s = run.split;
  s.tensor = row.count_or("tp", 1, most_gpus);
  s.pipeline = row.count_or("pp", 1, most_gpus);
  s.chunks = row.count_or("vp", 1, most_layers);
  s.context = row.count_or("cp", 1, most_gpus);
  s.experts = row.count_or("ep", 1, most_gpus);
  const std::int64_t replica = product({s.tensor, s.pipeline, s.context});
  const auto data = row.count("dp", most_gpus);
  if (data && row["gpus"].is_null()) {
    run.gpus = product({replica, *data});
    row.assume("gpus", fmt::format("tp x pp x dp x cp = {}", run.gpus));
    s.data = *data;
    return;
  }
  run.gpus = row.needed("gpus", most_gpus);
  s.data = data ? *data : std::max<std::int64_t>(1, run.gpus / replica);
  if (!data) row.assume("dp", fmt::format("gpus / (tp x pp x cp) = {}", s.data));
}

void read_batch(const RunSection& row, TrainingRun& run) {
  run.seq_len = row.needed("seq_len", most_tokens);
  const auto tokens = row.count("tokens_per_iter", std::int64_t{1} << 53);
  const bool follows = tokens && run.seq_len > 0 && *tokens % run.seq_len == 0;
  if (row["global_batch_seqs"].is_null() && follows) {
    run.batch = *tokens / run.seq_len;
    row.assume("global_batch_seqs", fmt::format("tokens_per_iter / seq_len = {}", run.batch));
  } else {
    run.batch = row.needed("global_batch_seqs", most_sequences);
  }
  run.micro_batch = row.count_or("micro_batch", 1, most_sequences);
}

std::string_view name_of(Sharding sharding) {
  return sharding == Sharding::none ? "none" : "ZeRO-1";
}

void read_sharding(const RunSection& row, TrainingRun& run) {
  const auto told =
      choice(row, "fsdp_or_zero", sharding_in,
             "none, DDP, a distributed optimizer, ZeRO-1, ZeRO-2, ZeRO-3, SHARD_GRAD_OP, "
             "FULL_SHARD, FSDP or HSDP");
  const ShardingWords found = told.value_or(ShardingWords{});
  run.sharding = found.sharding;
  const std::int64_t ranks = product({run.split.data, run.split.context});
  const bool is_assumed = !told || found.is_stage_unknown;
  if (is_assumed && ranks > 1) row.assume("fsdp_or_zero", std::string(name_of(run.sharding)));
  const auto shards = row.count("shards", most_gpus);
  // FSDP over fewer ranks than there are is hybrid.
  const bool is_part =
      run.sharding == Sharding::parameters && found.ranks > 0 && found.ranks < ranks;
  if (is_part) run.sharding = Sharding::hybrid;
  const bool says_group = run.sharding == Sharding::hybrid && !shards;
  run.split.shards = says_group ? found.ranks : shards.value_or(0);
  if (says_group && found.ranks == 0) row.assume("shards", "the ranks of a host");
}

void read_schedule(const RunSection& row, TrainingRun& run) {
  const auto schedule = choice(row, "schedule", schedule_in,
                               "1F1B, interleaved 1F1B, zero bubble (ZB-H1), DualPipe or GPipe");
  const bool has_chunks = run.split.chunks > 1;
  run.schedule = schedule.value_or(has_chunks ? Schedule::interleaved : Schedule::one_f_one_b);
  if (!schedule && run.split.pipeline > 1) {
    row.assume("schedule", has_chunks ? "interleaved 1F1B" : "1F1B");
  }
  const auto exchange =
      choice(row, "context_exchange", context_exchange_in, "ring, all_gather or all_to_all");
  run.context_exchange = exchange.value_or(ContextExchange::ring);
  if (!exchange && run.split.context > 1) row.assume("context_exchange", "ring");
}

void read_arithmetic(const RunSection& row, TrainingRun& run) {
  const auto recompute = choice(row, "recompute", recompute_in, "none, selective or full");
  run.recompute = recompute.value_or(Recompute::none);
  if (!recompute) row.assume("recompute", "none");
  const auto precision = choice(row, "precision", precision_in, "bf16, fp16, fp8 or fp32");
  run.precision = precision.value_or(Precision::bf16);
  if (!precision) row.assume("precision", "bf16");
}

std::optional<bool> told_sequence_parallel(const RunSection& row) {
  if (row.tells("sequence_parallel")) return row["sequence_parallel"].boolean();
  for (const std::string_view key : {"recompute", "fsdp_or_zero", "schedule"}) {
    if (const auto told = sequence_parallel_in(row.text(key))) return told;
  }
  return std::nullopt;
}

void read_sequence_parallel(const RunSection& row, TrainingRun& run) {
  const auto told = told_sequence_parallel(row);
  const std::int64_t year = row.count("year", last_year).value_or(last_year);
  const std::int64_t ways = product({run.split.tensor, run.split.context});
  const bool is_usual = year >= first_year_of_sequence_parallelism &&
                        run.precision != Precision::fp16 && run.seq_len % ways == 0;
  run.split.sequence_parallel = told.value_or(run.split.tensor > 1 && is_usual);
  if (!told && run.split.tensor > 1) row.assume("sequence_parallel", is_usual ? "true" : "false");
}

RunSection section_of(const Node& row, Untold& untold) {
  return {row,
          "",
          untold,
          {"id",
           "source",
           "evidence",
           "year",
           "model",
           "arch",
           "params",
           "gpu",
           "gpus",
           "peak_flops_per_gpu",
           "network",
           "seq_len",
           "global_batch_seqs",
           "tokens_per_iter",
           "tp",
           "pp",
           "vp",
           "dp",
           "cp",
           "ep",
           "micro_batch",
           "fsdp_or_zero",
           "recompute",
           "precision",
           "schedule",
           "reported",
           "notes",
           "derived",
           "sequence_parallel",
           "context_exchange",
           "shards",
           "scale_up_gpus",
           "device_classes",
           "software",
           "outer",
           "reliability"}};
}

}  // namespace

ReadRow read_row(const Node& node, const std::string& id) {
  Untold untold;
  const RunSection row = section_of(node, untold);
  TrainingRun run;
  run.id = id;
  read_remarks(row, run);
  const Node arch = row["arch"];
  if (arch.is_null()) {
    untold.missing.emplace_back("arch");
  } else {
    run.architecture = architecture_from(arch, untold);
  }
  run.gpu = row.needed_name("gpu");
  read_split(row, run);
  read_batch(row, run);
  read_fabric(row, run, untold);
  read_classes(row, run, untold);
  read_sharding(row, run);
  read_schedule(row, run);
  read_arithmetic(row, run);
  read_sequence_parallel(row, run);
  read_outer(row, run, untold);
  read_reliability(row, run, untold);
  read_software(row, run, untold);
  run.assumed = std::move(untold.assumed);
  return {std::move(run), std::move(untold.missing)};
}

}  // namespace shortfall

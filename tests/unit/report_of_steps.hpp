// Reports of processors that measured each operation of a training step, as a made-up machine
// would: every rate in it is a round number.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/groups.hpp"
#include "model/training/step.hpp"
#include "tests/unit/made_up_cluster.hpp"
#include "tests/unit/sample_report.hpp"
#include "tests/unit/sample_runs.hpp"

namespace shortfall {

struct MadeUpRanks {
  int hosts = 1, per_host = 2;
  std::vector<double> slower = {};         // by rank: 1.4 = its products take 40 % longer
  std::vector<double> slower_memory = {};  // by rank, the same of passes
  double clock = 1;                        // of all ranks, over the nominal one
  std::vector<double> slower_clock = {};   // by rank, besides that
  double slower_links = 1;
  double contention = 1;  // of rank 0's products alone over those of all ranks
};

// Of 1, 2, 4, ... ranks: tensor-parallel by `tensor`, data-parallel for the rest.
inline TrainingRun small_run(int ranks, std::int64_t tensor) {
  const Architecture model{.layers = 4,
                           .hidden = 1024,
                           .heads = 16,
                           .kv_heads = 16,
                           .head_dim = 64,
                           .ffn = 4096,
                           .vocab = 8192};
  TrainingRun run = run_of(model, {.tensor = tensor, .data = ranks / tensor}, 4 * ranks / tensor);
  run.split.sequence_parallel = false;
  run.gpu = "host";
  run.seq_len = 512;
  run.software.attention = AttentionKernel::separate;
  run.software.hides_data_exchange = false;
  return run;
}

class ReportOfSteps {
 public:
  static constexpr double peak = 104e9, product_rate = 100e9, memory_rate = 8e9, link_rate = 2e9;
  static constexpr double nominal_clock = 2e9;

  explicit ReportOfSteps(MadeUpRanks ranks) : ranks_(std::move(ranks)) {
    report_.run.hosts = ranks_.hosts;
    report_.run.ranks = ranks_.hosts * ranks_.per_host;
    report_.run.topology_class = "made-up ranks";
    for (int host = 0; host < ranks_.hosts; ++host) {
      report_.machine.hosts.push_back(made_up_server(host));
      report_.machine.hosts.back().cpu.nominal_clock = {nominal_clock};
      for (int i = 0; i < ranks_.per_host; ++i) {
        report_.machine.bindings.push_back(
            {.rank = host * ranks_.per_host + i, .host = report_.machine.hosts.back().name});
      }
    }
    report_.machine.datasheet = {.name = "made-up cores",
                                 .source = "derived: made up",
                                 .confidence = "derived",
                                 .peak = {{DType::f32, {peak}}}};
  }

  // Everything that a step of the run asks for, and the clock.
  ReportOfSteps& with_step(const TrainingRun& run) {
    for (const Step& step : steps_of_stage(run, 0)) add(step, run);
    with_clock();
    return *this;
  }

  ReportOfSteps& with_clock() {
    constexpr double cycles = 131072;
    Measured& clock = add("core_clock", Suite::latency, {{"group", "all"}},
                          {cycles / (nominal_clock * ranks_.clock)}, ranks_.slower_clock);
    clock.verification.status = Verification::Status::none;
    report_.entries.back().result.work.cycles = {cycles};
    return *this;
  }

  void add_product(const Gemm& g, const std::string& group = "all") {
    const double flop = work_of(g, {}).flop.value;
    const double share = group == "one" ? ranks_.contention : 1;
    add("step_product", Suite::workload,
        {{"shape", fmt::format("{}x{}x{}", g.m, g.n, g.k)},
         {"batch", g.batch},
         {"dtype", "f32"},
         {"group", group}},
        {share * flop / (product_rate * ranks_.clock)}, ranks_.slower);
  }

  void add_pass(const MemoryPass& pass) {
    const auto bytes = static_cast<std::int64_t>(pass.bytes.value);
    add("step_pass", Suite::workload,
        {{"kind", word_of_kind(pass.kind)},
         {"reads", std::int64_t{pass.reads}},
         {"bytes", bytes},
         {"group", "all"}},
        {static_cast<double>(bytes) / memory_rate}, ranks_.slower_memory);
  }

  void add_exchange(const Collective& c, const std::string& group,
                    std::vector<double> slower = {}) {
    const std::int64_t bytes = whole_elements(c.bytes);
    add("step_exchange", Suite::workload,
        {{"kind", std::string(name_of(c.kind))},
         {"bytes", bytes},
         {"dtype", "f32"},
         {"group", group}},
        {ranks_.slower_links * (20e-6 + static_cast<double>(bytes) / link_rate)}, slower);
  }

  // Of 4 B; at least one.
  static std::int64_t whole_elements(Bytes bytes) {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(bytes.value / 4)) * 4;
  }

  void add_messages(const std::string& group, std::int64_t bytes, std::vector<double> slower = {}) {
    add("send_recv", Suite::network, {{"bytes", bytes}, {"group", group}},
        {5e-6 + static_cast<double>(bytes) / link_rate}, slower);
  }

  // Its time is that of the slowest rank; `slower` by rank.
  Measured& add(const std::string& benchmark, Suite suite, std::vector<Params::Entry> params,
                Seconds time, const std::vector<double>& slower) {
    const Params all(std::move(params));
    const std::string key = key_of(benchmark, all);
    const auto known = std::ranges::find_if(
        report_.entries, [&](const Entry& entry) { return entry.result.key == key; });
    if (known != report_.entries.end()) return std::get<Measured>(known->result.outcome);
    Measured measured = sample::measured(time.value, report_.run.ranks);
    const bool is_one = all.has("group") && all.text("group") == "one";
    PerRank& ranks = measured.per_rank;
    for (std::size_t rank = 0; rank < ranks.all.size(); ++rank) {
      ranks.all[rank] = time * (rank < slower.size() ? slower[rank] : 1);
      if (is_one && rank > 0) ranks.all[rank] = {0};
    }
    ranks.n = is_one ? 1 : ranks.all.size();
    ranks.max = *std::ranges::max_element(ranks.all);
    measured.timing.throughput = sample::times(ranks.max.value);
    report_.entries.push_back(sample::entry(benchmark, suite, all, {}, std::move(measured)));
    return std::get<Measured>(report_.entries.back().result.outcome);
  }

  Report& report() { return report_; }

 private:
  static std::string word_of_kind(MemoryPass::Kind kind) {
    constexpr std::array<const char*, 9> words{"read",  "write", "copy", "scale", "add",
                                               "triad", "dot",   "mix",  "gather"};
    return words[static_cast<std::size_t>(kind)];
  }

  void add(const Step& step, const TrainingRun& run) {
    if (const auto* const gemm = std::get_if<Gemm>(&step.operation)) add_product(*gemm);
    if (const auto* const pass = std::get_if<MemoryPass>(&step.operation)) add_pass(*pass);
    const auto* const collective = std::get_if<Collective>(&step.operation);
    if (collective == nullptr || step.group < 2) return;
    const bool is_tensor = step.axis == RankAxis::tensor;
    const std::int64_t tensor = run.split.tensor;
    const std::string group = step.group == run.gpus ? "world"
                              : is_tensor            ? fmt::format("blocks_of_{}", tensor)
                                                     : fmt::format("every_{}", tensor);
    add_exchange(*collective, group, with_slowest_rank());
  }

  // Every exchange takes as long as its slowest rank, and all here have that one.
  std::vector<double> with_slowest_rank() const {
    if (ranks_.slower.empty()) return {};
    const double slowest = *std::ranges::max_element(ranks_.slower);
    return std::vector<double>(static_cast<std::size_t>(report_.run.ranks), std::max(1.0, slowest));
  }

  MadeUpRanks ranks_;
  Report report_;
};

}  // namespace shortfall

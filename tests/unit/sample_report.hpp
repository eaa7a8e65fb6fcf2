// A report made by hand that has one of everything: the golden files are its images.
#pragma once

#include <limits>

#include "core/text.hpp"
#include "diagnosis/verdict.hpp"
#include "report/report.hpp"
#include "tests/unit/sample_machine.hpp"
#include "tests/unit/sample_shortfall.hpp"

namespace shortfall::sample {

inline Summary times(double median, std::size_t n = 21) {
  Summary s;
  s.n = n;
  s.min = {median * 0.97};
  s.p05 = {median * 0.98};
  s.p25 = {median * 0.99};
  s.median = {median};
  s.p75 = {median * 1.01};
  s.p95 = {median * 1.06};
  if (n >= 299) s.p99 = Seconds{median * 1.25};
  s.max = {median * 1.5};
  if (n >= 6) s.ci95 = Interval{{median * 0.995}, {median * 1.004}};
  return s;
}

inline Measured measured(double median, int ranks) {
  Measured m;
  m.timing.throughput = times(median);
  m.verification.status = Verification::Status::passed;
  m.verification.coverage = 1;
  m.per_rank.n = static_cast<std::size_t>(ranks);
  m.per_rank.min = {median * 0.9};
  m.per_rank.median = {median * 0.95};
  m.per_rank.max = {median};
  m.per_rank.worst = {{ranks - 1, "node02", {median}}};
  for (int rank = 0; rank < ranks; ++rank) m.per_rank.all.push_back({median * (0.9 + 0.1 * rank)});
  return m;
}

inline Entry entry(const std::string& benchmark, Suite suite, Params params, const Work& work,
                   Outcome outcome) {
  Entry e;
  e.result.key = key_of(benchmark, params);
  e.result.benchmark = benchmark;
  e.result.suite = suite;
  e.result.device = "host";
  e.result.backend = suite == Suite::collectives || suite == Suite::network ? "mpi" : "host";
  e.result.memory = "host";
  e.result.params = std::move(params);
  e.result.work = work;
  e.result.outcome = std::move(outcome);
  return e;
}

inline Entry gemm(std::int64_t n, const std::string& type, double flop_per_s, double datasheet) {
  const double size = static_cast<double>(n);
  Work work;
  work.flop = {2 * size * size * size};
  work.memory = {12 * size * size};
  const double time = work.flop.value / flop_per_s;
  Entry e = entry("gemm", Suite::gemm, Params({{"n", n}, {"dtype", type}, {"group", "all"}}), work,
                  measured(time, 2));
  std::get<Measured>(e.result.outcome).details = {{"implementation", "brg:avx512_core"},
                                                  {"threads", "1"}};
  e.attainment.of_datasheet = flop_per_s / datasheet;
  e.attainment.datasheet_limit = scaled(datasheet, "FLOP/s") + " " + type;
  e.attainment.of_measured_peak = flop_per_s / (datasheet * 0.93);
  return e;
}

inline Entry memory(const std::string& kind, std::int64_t bytes, const std::string& group,
                    double bytes_per_s) {
  Work work;
  work.memory = {static_cast<double>(bytes)};
  const double time = work.memory.value / bytes_per_s;
  return entry("memory_" + kind, Suite::memory, Params({{"bytes", bytes}, {"group", group}}), work,
               measured(time, group == "all" ? 2 : 1));
}

inline Entry collective(const std::string& name, std::int64_t bytes, double factor, double time) {
  Work work;
  work.payload = {static_cast<double>(bytes)};
  work.link = work.payload * factor;
  Measured m = measured(time, 2);
  m.timing.isolated = times(time * 1.3, 500);
  m.timing.skew = times(time * 0.1, 4);
  return entry(name, Suite::collectives,
               Params({{"bytes", bytes}, {"dtype", "f32"}, {"op", "sum"}, {"group", "world"}}),
               work, m);
}

inline Entry send_recv(const std::string& name, std::int64_t bytes, double time) {
  Work work;
  work.payload = work.link = {static_cast<double>(bytes)};
  Measured m = measured(time, 2);
  m.timing.primary = Timing::Primary::isolated;
  m.timing.isolated = m.timing.throughput;
  m.timing.throughput.reset();
  Entry e = entry(name, Suite::network, Params({{"bytes", bytes}, {"group", "pairs"}}), work, m);
  e.prediction = Prediction{{time * 0.9}, "alpha-beta of this run"};
  e.attainment.of_model = 0.9;
  return e;
}

// One way in a round of three ranks: the one that stands first, and how fast it is.
inline Entry in_round(const std::string& round, int first, double bytes_per_s) {
  constexpr std::int64_t bytes = 4194304;
  Work work;
  work.payload = work.link = {static_cast<double>(bytes)};
  work.messages = {1};
  Measured m = measured(bytes / bytes_per_s, 1);
  m.per_rank.all = {{0}, {0}, {0}};
  m.per_rank.all[static_cast<std::size_t>(first)] = {bytes / bytes_per_s};
  m.per_rank.adapters = {"mlx5_0:1", "mlx5_0:1", "mlx5_0:1"};
  m.per_rank.adapters[static_cast<std::size_t>(round[6] - '1')].clear();  // round_1 is without 0
  Entry e = entry("rdma_rounds", Suite::network,
                  Params({{"bytes", bytes},
                          {"op", "write"},
                          {"direction", "one_way"},
                          {"window", "auto"},
                          {"nics", "nearest"},
                          {"group", round}}),
                  work, m);
  e.result.backend = "verbs";
  return e;
}

// Rank 1 sends slowly.
inline std::vector<Entry> rounds() {
  return {in_round("round_1", 1, 21.7e9), in_round("round_1_back", 2, 48.3e9),
          in_round("round_2", 0, 47.9e9), in_round("round_2_back", 2, 48.2e9),
          in_round("round_3", 0, 48.1e9), in_round("round_3_back", 1, 22.1e9)};
}

inline Vitals disturbed_vitals() {
  Vitals v;
  v.clock = ClockOfCase{{2.99e9}, {2.91e9}, {2.62e9, 1, "node02"}, {0.125, 1, "node02"}};
  v.cpu_wait_share = AtRank{0.02, 0, "node01"};
  v.other_load_share = AtRank{0.34, 0, "node01"};
  v.steal_share = AtRank{0, 0, "node01"};
  v.temperature_c = AtRank{71.5, 1, "node02"};
  v.power_w = 412.5;
  v.is_disturbed = true;
  v.reason = "other processes used 34 % of node01; the clock of rank 1 on node02 fell by 12 %";
  v.disturbed_hosts = {"node01", "node02"};
  return v;
}

inline DeviceVitals device_vitals() {
  const auto over = [](double median, double worst) {
    return OverDevices{median, {worst, 1, "node02"}};
  };
  DeviceVitals v;
  v.ranks = 2;
  v.iterations = 4096;
  v.energy = Joules{1290.5};
  v.samples = over(50, 48);
  v.active = over(1.02, 1.01);
  v.period = over(0.02, 0.021);
  v.clock = over(1.755e9, 1.41e9);
  v.lowest_clock = over(1.71e9, 1.2e9);
  v.highest_clock = over(1.98e9, 1.95e9);
  v.memory_clock = over(3.201e9, 3.201e9);
  v.measured_clock = over(1.751e9, 1.402e9);
  v.promised_clock = over(1.98e9, 1.98e9);
  v.application_clock = over(1.98e9, 1.98e9);
  v.power = over(632, 699);
  v.highest_power = over(698, 703);
  v.power_limit = over(700, 700);
  v.temperature = over(61, 84);
  v.memory_temperature = over(74, 91);
  v.pcie_generation = over(5, 5);
  v.pcie_lanes = over(16, 16);
  v.pcie_replays = over(0, 1);
  v.links = over(18, 18);
  v.links_seen = over(18, 18);
  v.link_errors = over(0, 0);
  v.memory_errors = over(0, 0);
  v.other_processes = over(0.5, 1);
  v.other_memory = over(1e9, 2e9);
  v.clock_reasons = {
      {{"power_cap", AtRank{0.92, 0, "node01"}}, {"hardware_thermal", AtRank{0.25, 1, "node02"}}}};
  v.fault = DeviceFault{63, 1, "node02", "Xid 63: a damaged page or row of memory was set aside"};
  return v;
}

inline Entry gemm_on_gpus() {
  Entry e = gemm(8192, "bf16", 748e12, 989e12);
  auto& m = std::get<Measured>(e.result.outcome);
  m.vitals.device = device_vitals();
  m.energy = m.vitals.device->energy;
  return e;
}

inline Entry os_noise() {
  Work quantum;
  quantum.cycles = {49152};
  Entry e = entry("os_noise", Suite::latency, Params(std::vector<Params::Entry>{{"group", "all"}}),
                  quantum, measured(16.4e-6, 2));
  auto& m = std::get<Measured>(e.result.outcome);
  m.figures = {{"noise_share", 0.0011, 0.0028, 0.0045, 1, "node02"},
               {"longest_detour_s", 12e-6, 22e-6, 5.21e-3, 1, "node02"},
               {"detours_5ms_to_10ms", 0, 0.5, 1, 1, "node02"}};
  m.vitals = disturbed_vitals();
  m.energy = Joules{206.25};
  return e;
}

inline std::vector<Entry> entries() {
  std::vector<Entry> all{
      gemm(1024, "f32", 118.4e9, 160e9),
      gemm(2048, "f32", 127.9e9, 160e9),
      gemm(2048, "bf16", 201e9, 320e9),
      gemm(2048, "int8", 431e9, 640e9),
      gemm(2048, "f64", 66e9, 80e9),
      gemm_on_gpus(),
      memory("read", 24576, "all", 154e9),
      memory("read", 268435456, "all", 11.2e9),
      memory("copy", 268435456, "all", 9.87e9),
      memory("triad", 24576, "all", 98.1e9),
      memory("triad", 268435456, "all", 10.4e9),
      memory("triad", 268435456, "alone", 14.9e9),
      collective("all_reduce", 8, 1, 312e-9),
      collective("all_reduce", 4096, 1, 2.4e-6),
      collective("all_reduce", 1048576, 1, 412e-6),
      collective("all_reduce", 16777216, 1, 9.1e-3),
      collective("all_to_all", 8, 0.5, 287e-9),
      collective("all_to_all", 1048576, 0.5, 201e-6),
      send_recv("send_recv", 8, 241e-9),
      send_recv("send_recv_bandwidth", 2097152, 310e-6),
  };
  for (Entry& e : rounds()) all.push_back(std::move(e));
  Work cycles;
  cycles.cycles = {131072};
  all.push_back(entry("core_clock", Suite::latency,
                      Params(std::vector<Params::Entry>{{"group", "all"}}), cycles,
                      measured(43.8e-6, 2)));
  std::get<Measured>(all.back().result.outcome).verification = {};
  all.push_back(os_noise());
  all.push_back(entry("barrier", Suite::collectives,
                      Params(std::vector<Params::Entry>{{"group", "world"}}), {},
                      measured(198e-9, 2)));
  std::get<Measured>(all.back().result.outcome).verification = {};
  all.push_back(collective("all_reduce", 64, 1, 330e-9));
  std::get<Measured>(all.back().result.outcome).verification = {
      Verification::Status::failed, 0.25,
      WrongData{1, "node02", {15, std::numeric_limits<double>::quiet_NaN(), 7}}};
  all.push_back(entry("all_to_all", Suite::collectives,
                      Params({{"bytes", 4096}, {"group", "halves"}}), {},
                      Skipped{"needs 4 ranks, the job has 2"}));
  all.push_back(entry(
      "gemm", Suite::gemm, Params({{"n", 4096}, {"dtype", "bf16"}, {"group", "all"}}), {},
      Failed{1, "node02", "allocate 100663296 bytes: out of memory, \"cannot\", \n[host.cpp:22]"}));
  return all;
}

inline Report report() {
  Report r;
  r.program = {"shortfall", "0.1.0", "abc1234"};
  r.run.id = "20261121T013500Z-4f2a";
  r.run.started_at = "2026-11-21T01:35:00Z";
  r.run.finished_at = "2026-11-21T01:35:41Z";
  r.run.duration = {41.25};
  r.run.status = RunStatus::complete;
  r.run.command = "shortfall run --profile quick --label 'rack=\"A 7\"'";
  r.run.ranks = 3;
  r.run.hosts = 3;
  r.run.seed = std::numeric_limits<std::uint64_t>::max();
  r.run.profile = "quick";
  r.run.labels = {{"rack", "\"A 7\""}, {"empty", ""}};
  r.run.topology_class = "3 ranks on 3 hosts of Intel(R) Xeon(R) Processor @ 2.50GHz";
  r.run.before_first_case = {0.31};
  r.run.in_cases = {38.5};
  r.machine = machine();
  r.entries = entries();
  r.shortfall = shortfall();
  r.verdict.excluded = {{"gemm/n=8192,dtype=f32,group=all", "profile quick"}};
  Finding gpu;
  gpu.severity = Finding::Severity::unknown;
  gpu.kind = "unusable_device";
  gpu.host = "node03";
  gpu.device = "0000:17:00.0";
  gpu.metric = "gpus";
  gpu.value = 0;
  gpu.expected = 1;
  gpu.unit = "devices";
  gpu.reason = "1 NVIDIA GPU is plugged in and was not measured: no backend of this build uses it";
  gpu.action = "see 'shortfall list' for the reason";
  r.findings = {gpu};
  r.events = {{"2026-11-21T01:35:02Z", 1, "node02", "phase", "waits in gemm/n=4096"}};
  return diagnosed(std::move(r));
}

}  // namespace shortfall::sample

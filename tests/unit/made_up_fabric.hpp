// Reports of rounds on clusters that do not exist, whose pairs are as fast as a test says.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "core/nic_words.hpp"
#include "diagnosis/measured_cases.hpp"
#include "harness/rounds.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall {

struct MadeUpFabric {
  int hosts = 8, per_host = 1, nics_of_host = 1;
  double usual = 50e9;  // B/s
  // Of what is usual, from one rank to another.
  std::function<double(int, int)> share = [](int, int) { return 1.0; };
  // Of the port of an adapter of a host, in bit/s; zero: not known.
  std::function<double(int, int)> rate = [](int, int) { return 0.0; };
  // The number of the adapter that is nearest to a rank; unset: not told where there are several.
  std::function<int(int)> nearest = nullptr;
};

inline std::string made_up_host(int number) { return fmt::format("node{}", number); }

inline Report report_of(const MadeUpFabric& fabric) {
  Report report;
  report.run.status = RunStatus::complete;
  report.run.ranks = fabric.hosts * fabric.per_host;
  for (int i = 0; i < fabric.hosts; ++i) {
    Host host{.name = made_up_host(i)};
    for (int nic = 0; nic < fabric.nics_of_host; ++nic) {
      host.nics.push_back({.name = fmt::format("mlx5_{}", nic), .ports = {{1, "ACTIVE"}}});
      host.nics.back().ports[0].rate = {fabric.rate(i, nic)};
    }
    report.machine.hosts.push_back(host);
    for (int rank = 0; rank < fabric.per_host; ++rank) {
      report.machine.bindings.push_back(
          {.rank = i * fabric.per_host + rank, .host = made_up_host(i)});
    }
  }
  return report;
}

// Healthy ones differ by up to a percent, always the same way.
inline double jitter(int from, int to) { return 1 + 0.01 * ((from * 7 + to * 13) % 5 - 2) / 2; }

struct MadeUpCase {
  std::string benchmark = "rdma_rounds", group = "round_1", direction = "one_way", nics = "nearest";
  std::int64_t bytes = 4 << 20;
  std::string op = "write";
};

// "" for the nearest of several: it is not told.
inline std::string made_up_adapter(const NicWord& word, int rank, const MadeUpFabric& fabric) {
  if (!word.device.empty()) return text_of(word);
  if (word.is_nearest() && fabric.nearest) return fmt::format("mlx5_{}:1", fabric.nearest(rank));
  if (word.is_nearest() && fabric.nics_of_host > 1) return "";
  return fmt::format("mlx5_{}:1", word.index.value_or(0));
}

inline void measure(Report& report, const MadeUpFabric& fabric, const MadeUpCase& which) {
  const bool is_latency = which.benchmark.ends_with("latency");
  Params params({{"bytes", which.bytes}, {"op", which.op}});
  if (!is_latency) {
    params.add("direction", which.direction);
    params.add("window", "auto");
  }
  params.add("nics", which.nics);
  params.add("group", which.group);
  Work work;
  work.payload = {static_cast<double>(which.bytes)};
  work.messages = {1};
  const bool is_one_way = !is_latency && which.direction == "one_way";
  Measured m = sample::measured(1e-3, 1);
  m.per_rank.all.assign(static_cast<std::size_t>(report.run.ranks), {0});
  const auto seconds = [&](int from, int to) {
    return static_cast<double>(which.bytes) /
           (fabric.usual * fabric.share(from, to) * jitter(from, to));
  };
  const NicWords nics = nic_words_from(which.nics).value();
  m.per_rank.adapters.resize(m.per_rank.all.size());
  const HostOfRank hosts = hosts_by_rank(report);
  for (const auto& ranks : ranks_of_groups(which.group, hosts)) {
    const int first = ranks.front(), second = ranks.back();
    const double one = seconds(first, second), other = seconds(second, first);
    const double time = is_one_way ? one : std::max(one, other);
    m.per_rank.adapters[static_cast<std::size_t>(second)] =
        made_up_adapter(nics.to, second, fabric);
    m.per_rank.adapters[static_cast<std::size_t>(first)] =
        made_up_adapter(nics.from, first, fabric);
    m.per_rank.all[static_cast<std::size_t>(first)] = {time};
    if (!is_one_way) m.per_rank.all[static_cast<std::size_t>(second)] = {time};
  }
  report.entries.push_back(
      sample::entry(which.benchmark, Suite::network, std::move(params), work, m));
}

// The first three rounds there and back.
inline Report with_rounds(const MadeUpFabric& fabric) {
  Report report = report_of(fabric);
  const int rounds = rounds_of(matched_in(hosts_by_rank(report)));
  for (int round = 1; round <= std::min(rounds, rounds_at_first); ++round) {
    measure(report, fabric, {.group = text_of(RoundWord{round})});
    measure(report, fabric, {.group = text_of(RoundWord{round, 0, true})});
  }
  return report;
}

}  // namespace shortfall

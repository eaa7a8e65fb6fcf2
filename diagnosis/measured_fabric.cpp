#include "diagnosis/measured_fabric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_cases.hpp"

namespace shortfall {
namespace {

struct Figure {
  double value = 0;
  std::string case_key;
};

// Which way messages of a group go.
enum class Reach { within_hosts, across_hosts, both };

class Measurements {
 public:
  explicit Measurements(const Report& report) : report_(report), hosts_(hosts_by_rank(report)) {}

  const HostOfRank& hosts() const { return hosts_; }

  // Whatever `figure` makes of right results; the largest, or the least.
  using Read = std::function<std::optional<double>(const Result&, const Measured&)>;
  std::optional<Figure> largest(const Read& figure) const { return best(figure, std::greater<>()); }
  std::optional<Figure> least(const Read& figure) const { return best(figure, std::less<>()); }

  // Nothing for groups that the hosts of ranks do not explain.
  std::optional<Reach> reach(const Result& result) const {
    const auto group = std::ranges::find(result.params, "group", &Params::Entry::first);
    if (group == result.params.end() || hosts_.empty()) return std::nullopt;
    try {
      return reach_of(partition(text_of(group->second), hosts_));
    } catch (const Error&) {
      return std::nullopt;  // a group of another version
    }
  }

 private:
  std::optional<Figure> best(const Read& figure,
                             const std::function<bool(double, double)>& is_better) const {
    std::optional<Figure> found;
    for (const Entry& entry : report_.entries) {
      const auto* const measured = std::get_if<Measured>(&entry.result.outcome);
      if (!measured || measured->verification.status == Verification::Status::failed) continue;
      const auto value = figure(entry.result, *measured);
      if (!value || !(*value > 0)) continue;
      if (!found || is_better(*value, found->value)) found = Figure{*value, entry.result.key};
    }
    return found;
  }

  std::optional<Reach> reach_of(const Partition& groups) const {
    std::map<int, std::set<int>> hosts_of_group;
    for (std::size_t rank = 0; rank < groups.size(); ++rank) {
      if (groups[rank] >= 0) hosts_of_group[groups[rank]].insert(hosts_[rank]);
    }
    const auto across = std::ranges::count_if(
        hosts_of_group, [](const auto& one) { return one.second.size() > 1; });
    if (hosts_of_group.empty()) return std::nullopt;
    if (across == 0) return Reach::within_hosts;
    return across == std::ssize(hosts_of_group) ? Reach::across_hosts : Reach::both;
  }

  const Report& report_;
  HostOfRank hosts_;
};

Rates rates_of(const Result& result, const Measured& measured) {
  return rates(result.work, measured.timing.of_primary().median);
}

template <class Unit>
std::optional<double> number(const std::optional<Rate<Unit>>& rate) {
  if (!rate) return std::nullopt;
  return rate->value;
}

std::string from(const Figure& figure) { return "measured by " + figure.case_key; }

struct ProductRate {
  Figure figure;
  DType type;
};

// Of the type that is fastest here among those that models are trained in: what a machine has no
// instructions for is no promise of it.
std::optional<ProductRate> product_rate(const Measurements& all) {
  std::optional<ProductRate> best;
  for (const DType type : {DType::bf16, DType::f16, DType::f32}) {
    const auto rate =
        all.largest([&](const Result& result, const Measured& measured) -> std::optional<double> {
          const bool is_product = result.suite == Suite::gemm && result.benchmark != "peak_flops";
          if (!is_product || !result.params.has("dtype") || result.params.dtype() != type) {
            return std::nullopt;
          }
          return number(rates_of(result, measured).flop);
        });
    if (rate && (!best || rate->value > best->figure.value)) best = ProductRate{*rate, type};
  }
  return best;
}

std::optional<double> peak_of(const Report& report, DType type) {
  for (const auto& [one, peak] : report.machine.datasheet.peak) {
    if (one == type && peak.value > 0) return peak.value;
  }
  return std::nullopt;
}

void set_arithmetic(const Report& report, const Measurements& all, MeasuredFabric& fabric) {
  Accelerator& gpu = fabric.gpu;
  const auto best = product_rate(all);
  if (!best) {
    fabric.sources.push_back("sustained products: not measured, the datasheet of " + gpu.name);
    return;
  }
  const double rate = best->figure.value;
  const auto promised = peak_of(report, best->type);
  const double peak = std::max(promised.value_or(rate / gpu.sustained_fraction), rate);
  gpu.flop_per_clock_per_thread = peak / (static_cast<double>(gpu.threads) * gpu.max_clock.value);
  gpu.sustained_fraction = rate / peak;
  gpu.word_bits = static_cast<int>(size_of(best->type) * 8);
  fabric.sources.push_back(
      fmt::format("sustained products: {}, {}", scaled(rate, "FLOP/s"), from(best->figure)));
  fabric.sources.push_back(
      promised
          ? fmt::format("peak: {}, the datasheet of {}", scaled(peak, "FLOP/s"),
                        report.machine.datasheet.name)
          : fmt::format("peak: not known, taken so that products reach the same share of it as "
                        "on {}",
                        gpu.name));
}

void set_memory(const Measurements& all, MeasuredFabric& fabric) {
  constexpr std::int64_t beyond_caches = std::int64_t{64} << 20U;
  const auto rate = all.largest([](const Result& result,
                                   const Measured& measured) -> std::optional<double> {
    const bool streams = result.benchmark == "memory_read" || result.benchmark == "memory_copy" ||
                         result.benchmark == "memory_triad";
    if (!streams || !result.params.has("bytes") || result.params.integer("bytes") < beyond_caches) {
      return std::nullopt;
    }
    return number(rates_of(result, measured).memory);
  });
  if (rate) fabric.gpu.memory_rate = {rate->value};
  fabric.sources.push_back(
      rate ? fmt::format("memory: {}, {}", scaled(rate->value, "B/s"), from(*rate))
           : "memory: not measured above 64 MiB, the datasheet of " + fabric.gpu.name);
}

void set_launch(const Measurements& all, MeasuredFabric& fabric) {
  const auto time =
      all.least([](const Result& result, const Measured& measured) -> std::optional<double> {
        const bool is_launch =
            result.suite == Suite::latency && result.benchmark.find("launch") != std::string::npos;
        if (!is_launch) return std::nullopt;
        return measured.timing.of_primary().median.value;
      });
  if (time) fabric.gpu.product_latency = {time->value};
  fabric.sources.push_back(
      time ? fmt::format("launch latency: {}, {}", scaled(time->value, "s"), from(*time))
           : fmt::format("launch latency: not measured, {} as for {}",
                         scaled(fabric.gpu.product_latency.value, "s"), fabric.gpu.name));
}

// Of one message; where none was timed alone, half an all-reduce of next to nothing.
std::optional<Figure> message_latency(const Measurements& all, Reach reach) {
  const auto least_of = [&](std::string_view benchmark, double messages) {
    return all.least(
        [&, messages](const Result& result, const Measured& measured) -> std::optional<double> {
          if (result.benchmark != benchmark || all.reach(result) != reach) return std::nullopt;
          return measured.timing.of_primary().median.value / messages;
        });
  };
  const auto alone = least_of("send_recv", 1);
  return alone ? alone : least_of("all_reduce", 2);
}

// Sent and received together: an all-reduce does both at its bus bandwidth.
std::optional<Figure> both_ways(const Measurements& all, Reach reach) {
  const auto largest_of = [&](std::string_view benchmark, double directions) {
    return all.largest(
        [&, directions](const Result& result, const Measured& measured) -> std::optional<double> {
          if (result.benchmark != benchmark || all.reach(result) != reach) return std::nullopt;
          const bool is_both =
              result.params.has("direction") && result.params.text("direction") == "two_way";
          const auto bus = number(rates_of(result, measured).bus);
          return bus ? std::optional(*bus * (is_both ? 1 : directions)) : std::nullopt;
        });
  };
  const auto reduced = largest_of("all_reduce", 2);
  return reduced ? reduced : largest_of("send_recv_bandwidth", 2);
}

void set_level(const Measurements& all, Reach reach, NetworkLevel& level, MeasuredFabric& fabric) {
  const std::string name = reach == Reach::within_hosts ? "within a host" : "between hosts";
  const auto time = message_latency(all, reach);
  const auto rate = both_ways(all, reach);
  if (time) level.latency = {time->value};
  if (rate) level.both_ways = {rate->value};
  const auto say = [&](std::string_view what, const std::optional<Figure>& figure, double value,
                       std::string_view unit) {
    fabric.sources.push_back(
        fmt::format("{} {}: {}, {}", what, name, scaled(value, unit),
                    figure ? from(*figure) : "not measured, the datasheet of " + fabric.gpu.name));
  };
  say("latency", time, level.latency.value, "s");
  say("bandwidth", rate, level.both_ways.value, "B/s both ways");
}

// Nodes of as many GPUs as a host has ranks, rounded down to a power of two; hosts of one rank make
// a network of one level.
void set_network(const Measurements& all, MeasuredFabric& fabric) {
  Accelerator& gpu = fabric.gpu;
  NetworkLevel node = gpu.network.front(), between = gpu.network.back();
  const HostOfRank& ranks = all.hosts();
  const std::size_t hosts = std::set<int>(ranks.begin(), ranks.end()).size();
  const std::size_t per_host = hosts > 0 ? ranks.size() / hosts : 0;
  if (ranks.size() < 2) {
    fabric.sources.push_back("network: not measured by one rank, the datasheet of " + gpu.name);
    return;
  }
  if (per_host > 1) set_level(all, Reach::within_hosts, node, fabric);
  set_level(all, Reach::across_hosts, between, fabric);
  gpu.network = per_host > 1 ? std::vector{node, between} : std::vector{between};
  gpu.fan_out.clear();
  if (per_host > 1) gpu.fan_out.push_back(static_cast<std::int64_t>(std::bit_floor(per_host)));
}

}  // namespace

MeasuredFabric measured_fabric(const Report& report, const Accelerator& datasheet) {
  MeasuredFabric fabric{datasheet, {}};
  const Measurements all(report);
  set_arithmetic(report, all, fabric);
  set_memory(all, fabric);
  set_launch(all, fabric);
  set_network(all, fabric);
  fabric.sources.push_back("caches, registers and the size of memory: the datasheet of " +
                           datasheet.name);
  fabric.gpu.name =
      "measured: " + (report.machine.datasheet.name.empty() ? report.run.topology_class
                                                            : report.machine.datasheet.name);
  return fabric;
}

}  // namespace shortfall

#include "diagnosis/measured_links.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "diagnosis/measured_sweeps.hpp"
#include "model/system/measured_exchanges.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
using Points = std::vector<SweepPoint>;

Spread spread_of(const Where& where) { return {where.ranks, where.per_host}; }

enum class Place { within, between, mixed };
Place place_of(const Where& where) {
  if (where.ranks == where.per_host) return Place::within;
  return where.per_host == 1 ? Place::between : Place::mixed;
}

SweepPoint smallest(const Points& points) {
  return *std::ranges::min_element(points, {}, &SweepPoint::bytes);
}
SweepPoint largest(const Points& points) {
  return *std::ranges::max_element(points, {}, &SweepPoint::bytes);
}

// Bytes that an all-reduce sends over the link of one rank.
Bandwidth bus_bandwidth(const SweepPoint& point, std::int64_t ranks) {
  const auto n = static_cast<double>(ranks);
  return point.bytes * (2 * (n - 1) / n) / point.time;
}

// What was measured at one place.
struct Level {
  const Points* all_reduce = nullptr;  // of its largest group
  Where where;
  const Points* messages = nullptr;
};

Level level_of(const Sweeps& sweeps, Place place) {
  Level level;
  for (const auto& [key, points] : sweeps.collectives) {
    if (key.first != Kind::all_reduce || place_of(key.second) != place) continue;
    level.all_reduce = &points;
    level.where = key.second;  // ascending
  }
  for (const auto& [where, points] : sweeps.messages) {
    if (place_of(where) == place) level.messages = &points;
  }
  return level;
}

// What small groups lose is not measured but by groups of several sizes: it stays as published.
void set_bandwidth(LinkModel& link, Bandwidth measured, std::int64_t ranks) {
  if (!(link.promised > Bandwidth{0})) link.promised = measured;
  const double lost = link.small_group / static_cast<double>(ranks);
  link.attained = measured / link.promised / (1 - lost);
}

// A ring's messages one behind the other.
double messages_of(const Where& where) { return 2.0 * static_cast<double>(where.ranks - 1); }

std::optional<Seconds> hop_of(const Level& level) {
  if (level.messages) return smallest(*level.messages).time;
  if (!level.all_reduce) return std::nullopt;
  return smallest(*level.all_reduce).time / messages_of(level.where);
}

std::optional<Bandwidth> bandwidth_of(const Level& level) {
  if (level.all_reduce) return bus_bandwidth(largest(*level.all_reduce), level.where.ranks);
  if (!level.messages) return std::nullopt;
  const SweepPoint message = largest(*level.messages);
  return message.bytes / message.time;
}

void set_link(LinkModel& link, const Level& level, std::string_view name, SystemModel& system) {
  const auto hop = hop_of(level);
  const auto bandwidth = bandwidth_of(level);
  if (!hop || !bandwidth) {
    system.sources.push_back(fmt::format("{}: not measured, {} by {}", name,
                                         scaled(link.promised.value * link.attained, "B/s"),
                                         system.name));
    return;
  }
  link.hop = *hop;
  link.start = {0};
  if (level.all_reduce) {
    const Seconds rest = smallest(*level.all_reduce).time - *hop * messages_of(level.where);
    link.start = std::max(Seconds{0}, rest);
  }
  set_bandwidth(link, *bandwidth, level.all_reduce ? level.where.ranks : 2);
  system.sources.push_back(fmt::format(
      "{}: {}, messages of {}, by {}", name, scaled(bandwidth->value, "B/s"),
      scaled(hop->value, "s"),
      level.all_reduce ? fmt::format("all_reduce of {} ranks", level.where.ranks) : "send_recv"));
}

// Between hosts of several ranks each, where only all of them together were measured.
Level divided(Level level, Points& share) {
  if (!level.all_reduce) return level;
  for (SweepPoint point : *level.all_reduce) {
    point.bytes = point.bytes / static_cast<double>(level.where.per_host);
    share.push_back(point);
  }
  level.all_reduce = &share;
  return level;
}

// The model's line, moved to where the only size is.
SweepFit of_one_size(const SweepPoint& point, auto&& modelled) {
  const Seconds none = modelled(Bytes{0}), there = modelled(point.bytes);
  const double over = point.time / there;
  const CostLine line{none * over, (there - none).value / point.bytes.value * over};
  return {{SweepSegment{point.bytes, point.bytes, 1, line}}, 0, {}};
}

SweepFit fit_of(const Points& points, auto&& modelled) {
  const SweepPoint first = smallest(points), last = largest(points);
  return first.bytes == last.bytes ? of_one_size(first, modelled) : fit_sweep(points);
}

std::vector<MeasuredCollective> curves_of_collectives(const Sweeps& sweeps,
                                                      const SystemModel& system) {
  std::vector<MeasuredCollective> all;
  for (const auto& [key, points] : sweeps.collectives) {
    const auto modelled = [&, kind = key.first, spread = spread_of(key.second)](Bytes bytes) {
      return price_of(Collective{kind, bytes}, spread, system);
    };
    all.push_back({key.first, spread_of(key.second), fit_of(points, modelled)});
  }
  return all;
}

std::vector<MeasuredTransfer> curves_of_messages(const Sweeps& sweeps, const SystemModel& system) {
  std::vector<MeasuredTransfer> all;
  for (const auto& [where, points] : sweeps.messages) {
    const auto modelled = [&, spread = spread_of(where)](Bytes bytes) {
      return price_of(Transfer{Transfer::Kind::one_way, bytes}, spread, system);
    };
    all.push_back({spread_of(where), fit_of(points, modelled)});
  }
  return all;
}

std::vector<MeasuredExchange> exact_times(const std::vector<StepExchange>& exchanges) {
  std::vector<MeasuredExchange> all;
  for (const StepExchange& one : exchanges) {
    all.push_back({one.kind, spread_of(one.where), one.point.bytes, one.point.time});
  }
  return all;
}

// Of the largest all-reduce beside which ranks computed as long as it takes alone: what of it was
// not hidden made computing longer.
void set_interference(LinkModel& link, const std::vector<Overlapped>& overlapped, Place place,
                      std::string_view name, SystemModel& system) {
  const Overlapped* largest = nullptr;
  for (const Overlapped& one : overlapped) {
    const bool is_within = place_of(one.where) == Place::within;
    if (is_within != (place == Place::within)) continue;
    if (!largest || one.bytes > largest->bytes) largest = &one;
  }
  if (!largest) return;
  link.slows = 1 - largest->hidden;
  system.sources.push_back(
      fmt::format("computing beside exchanges {}: takes {:.3g} % of their "
                  "time longer, by {}",
                  name, 100 * link.slows, largest->key));
}

}  // namespace

void set_links(SystemModel& system, const std::vector<MeasuredCase>& cases, const LinksOf& of) {
  const Sweeps sweeps = sweeps_in(cases, of.hosts);
  set_link(system.scale_up, level_of(sweeps, Place::within), "within hosts", system);
  Points share;
  Level between = level_of(sweeps, Place::between);
  if (!bandwidth_of(between)) between = divided(level_of(sweeps, Place::mixed), share);
  set_link(system.scale_out, between, "between hosts", system);
  set_interference(system.scale_up, sweeps.overlapped, Place::within, "within hosts", system);
  set_interference(system.scale_out, sweeps.overlapped, Place::between, "between hosts", system);
  if (sweeps.collectives.empty() && sweeps.messages.empty()) return;
  try {
    system.exchanges = std::make_shared<MeasuredExchanges>(curves_of_collectives(sweeps, system),
                                                           curves_of_messages(sweeps, system),
                                                           system, exact_times(sweeps.of_step));
  } catch (const BadUsage& refusal) {
    throw BadUsage(of.source + ": " + refusal.what());
  }
  if (sweeps.of_step.empty()) return;
  system.sources.push_back(fmt::format(
      "exchanges: {} of the step as measured, others by curves over sizes", sweeps.of_step.size()));
}

}  // namespace shortfall

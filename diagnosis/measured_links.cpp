#include "diagnosis/measured_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/system/measured_exchanges.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
using Points = std::vector<SweepPoint>;

// Ranks of a group, and how many of them one host holds.
using Where = std::pair<std::int64_t, std::int64_t>;
Spread spread_of(const Where& where) { return {where.first, where.second}; }

enum class Place { within, between, mixed };
Place place_of(const Where& where) {
  if (where.first == where.second) return Place::within;
  return where.second == 1 ? Place::between : Place::mixed;
}

// Of the largest group.
std::optional<Where> where_of(const Result& result, const HostOfRank& hosts) {
  const auto group = word_of(result, "group");
  if (!group || hosts.empty()) return std::nullopt;
  std::map<int, std::map<int, std::int64_t>> ranks;  // of each group on each host
  try {
    const Partition groups = partition(*group, hosts);
    for (std::size_t rank = 0; rank < groups.size() && rank < hosts.size(); ++rank) {
      if (groups[rank] >= 0) ++ranks[groups[rank]][hosts[rank]];
    }
  } catch (const Error&) {
    return std::nullopt;  // a group of another version
  }
  Where largest{0, 0};
  for (const auto& [number, of_group] : ranks) {
    Where where{0, 0};
    for (const auto& [host, count] : of_group) {
      where.first += count;
      where.second = std::max(where.second, count);
    }
    largest = std::max(largest, where);
  }
  return largest.first > 1 ? std::optional(largest) : std::nullopt;
}

std::optional<Kind> kind_of(const Result& result) {
  if (result.suite != Suite::collectives) return std::nullopt;
  for (int i = 0; i < static_cast<int>(Kind::barrier); ++i) {
    if (result.benchmark == name_of(static_cast<Kind>(i))) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

bool is_plain(const Result& result) {
  return is_usual(result, "start", "blocking") && is_usual(result, "place", "out_of_place") &&
         is_usual(result, "skew", "balanced");
}

struct Sweeps {
  std::map<std::pair<Kind, Where>, Points> collectives;
  std::map<Where, Points> messages;  // one way
};

Sweeps sweeps_in(const std::vector<MeasuredCase>& cases, const HostOfRank& hosts) {
  Sweeps sweeps;
  for (const MeasuredCase& one : cases) {
    const auto bytes = number_of(*one.result, "bytes");
    if (bytes.value_or(0) < 1 || !is_plain(*one.result)) continue;
    const auto where = where_of(*one.result, hosts);
    if (!where) continue;
    const SweepPoint point{{static_cast<double>(*bytes)}, one.slowest()};
    if (const auto kind = kind_of(*one.result)) {
      sweeps.collectives[{*kind, *where}].push_back(point);
    } else if (one.result->benchmark == "send_recv") {
      sweeps.messages[*where].push_back(point);
    }
  }
  return sweeps;
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
double messages_of(const Where& where) { return 2.0 * static_cast<double>(where.first - 1); }

std::optional<Seconds> hop_of(const Level& level) {
  if (level.messages) return smallest(*level.messages).time;
  if (!level.all_reduce) return std::nullopt;
  return smallest(*level.all_reduce).time / messages_of(level.where);
}

std::optional<Bandwidth> bandwidth_of(const Level& level) {
  if (level.all_reduce) return bus_bandwidth(largest(*level.all_reduce), level.where.first);
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
  set_bandwidth(link, *bandwidth, level.all_reduce ? level.where.first : 2);
  system.sources.push_back(fmt::format(
      "{}: {}, messages of {}, by {}", name, scaled(bandwidth->value, "B/s"),
      scaled(hop->value, "s"),
      level.all_reduce ? fmt::format("all_reduce of {} ranks", level.where.first) : "send_recv"));
}

// Between hosts of several ranks each, where only all of them together were measured.
Level divided(Level level, Points& share) {
  if (!level.all_reduce) return level;
  for (SweepPoint point : *level.all_reduce) {
    point.bytes = point.bytes / static_cast<double>(level.where.second);
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

}  // namespace

void set_links(SystemModel& system, const std::vector<MeasuredCase>& cases, const HostOfRank& hosts,
               const std::string& source) {
  const Sweeps sweeps = sweeps_in(cases, hosts);
  set_link(system.scale_up, level_of(sweeps, Place::within), "within hosts", system);
  Points share;
  Level between = level_of(sweeps, Place::between);
  if (!bandwidth_of(between)) between = divided(level_of(sweeps, Place::mixed), share);
  set_link(system.scale_out, between, "between hosts", system);
  if (sweeps.collectives.empty() && sweeps.messages.empty()) return;
  try {
    std::vector<MeasuredCollective> collectives;
    for (const auto& [key, points] : sweeps.collectives) {
      const auto modelled = [&, kind = key.first, spread = spread_of(key.second)](Bytes bytes) {
        return price_of(Collective{kind, bytes}, spread, system);
      };
      collectives.push_back({key.first, spread_of(key.second), fit_of(points, modelled)});
    }
    std::vector<MeasuredTransfer> messages;
    for (const auto& [where, points] : sweeps.messages) {
      const auto modelled = [&, spread = spread_of(where)](Bytes bytes) {
        return price_of(Transfer{Transfer::Kind::one_way, bytes}, spread, system);
      };
      messages.push_back({spread_of(where), fit_of(points, modelled)});
    }
    system.exchanges = std::make_shared<MeasuredExchanges>(collectives, messages, system);
  } catch (const BadUsage& refusal) {
    throw BadUsage(source + ": " + refusal.what());
  }
}

}  // namespace shortfall

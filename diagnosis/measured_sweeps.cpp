#include "diagnosis/measured_sweeps.hpp"

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "diagnosis/measured_steps.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

std::optional<Kind> kind_of(const Result& result) {
  if (result.suite != Suite::collectives) return std::nullopt;
  const auto kind = collective_kind_named(result.benchmark);
  return kind == Kind::barrier ? std::nullopt : kind;
}

bool is_plain(const Result& result) {
  return is_usual(result, "start", "blocking") && is_usual(result, "place", "out_of_place") &&
         is_usual(result, "skew", "balanced") && is_usual(result, "buffers", "plain") &&
         is_usual(result, "channels", "auto") && is_usual(result, "via", "native");
}

// "gemm_slowdown" of a product beside an all-reduce that never ends: for every second of it, the
// product loses 1 - 1 / slowdown.
std::optional<double> share_left_to_product(const MeasuredCase& one) {
  const bool tells = one.result->benchmark == "gemm_beside_exchange" &&
                     word_of(*one.result, "exchange") == "all_reduce" &&
                     is_usual(*one.result, "channels", "auto");
  const auto& figures = one.measured->figures;
  const auto found = std::ranges::find(figures, "gemm_slowdown", &FigureOfRanks::name);
  if (!tells || found == figures.end() || !(found->max > 0)) return std::nullopt;
  return std::min(1 / found->max, 1.0);
}

// "overlap_share" of an all-reduce that is overlapped.
std::optional<double> hidden_share(const MeasuredCase& one) {
  if (const auto share = share_left_to_product(one)) return share;
  const bool tells = one.result->benchmark == "all_reduce" &&
                     word_of(*one.result, "start") == "overlapped" &&
                     is_usual(*one.result, "place", "out_of_place");
  if (!tells) return std::nullopt;
  const auto& figures = one.measured->figures;
  const auto found = std::ranges::find(figures, "overlap_share", &FigureOfRanks::name);
  if (found == figures.end() || !(found->median >= 0)) return std::nullopt;
  return std::min(found->median, 1.0);
}

// While all other groups are idle, only to be held against all of them at once.
bool is_alone(const Result& result) {
  return word_of(result, "group").value_or("").starts_with("first_");
}

void add(Sweeps& sweeps, const MeasuredCase& one, const Where& where, const SweepPoint& point) {
  const Result& result = *one.result;
  if (is_alone(result)) return;
  if (const auto collective = step_as<Collective>(result)) {
    sweeps.of_step.push_back({collective->kind, where, point});
  } else if (step_as<Transfer>(result)) {
    sweeps.of_step.push_back({std::nullopt, where, point});
  } else if (const auto hidden = hidden_share(one)) {
    sweeps.overlapped.push_back({where, point.bytes, *hidden, result.key});
  } else if (!is_plain(result)) {
    return;
  } else if (const auto kind = kind_of(result)) {
    sweeps.collectives[{*kind, where}].push_back(point);
  } else if (result.benchmark == "send_recv") {
    sweeps.messages[where].push_back(point);
  }
}

// Groups that lie within hosts are alike, and so are those with as many ranks on each host.
std::int64_t place_of(const Where& where) {
  return where.ranks == where.per_host ? 0 : where.per_host;
}

// Beside a sweep of the same kind, a single size would distort how its time grows with the ranks.
void stand_in(Sweeps& sweeps) {
  std::set<std::pair<std::optional<Kind>, std::int64_t>> swept;
  for (const auto& [key, points] : sweeps.collectives)
    swept.insert({key.first, place_of(key.second)});
  for (const auto& [where, points] : sweeps.messages) swept.insert({std::nullopt, place_of(where)});
  for (const StepExchange& one : sweeps.of_step) {
    if (swept.contains({one.kind, place_of(one.where)})) continue;
    auto& points =
        one.kind ? sweeps.collectives[{*one.kind, one.where}] : sweeps.messages[one.where];
    points.push_back(one.point);
  }
}

}  // namespace

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
  Where largest;
  for (const auto& [number, of_group] : ranks) {
    Where where;
    for (const auto& [host, count] : of_group) {
      where.ranks += count;
      where.per_host = std::max(where.per_host, count);
    }
    largest = std::max(largest, where);
  }
  return largest.ranks > 1 ? std::optional(largest) : std::nullopt;
}

Sweeps sweeps_in(const std::vector<MeasuredCase>& cases, const HostOfRank& hosts) {
  Sweeps sweeps;
  for (const MeasuredCase& one : cases) {
    const auto bytes = number_of(*one.result, "bytes");
    if (bytes.value_or(0) < 1) continue;
    const auto where = where_of(*one.result, hosts);
    if (!where) continue;
    add(sweeps, one, *where, {{static_cast<double>(*bytes)}, one.slowest()});
  }
  stand_in(sweeps);
  return sweeps;
}

}  // namespace shortfall

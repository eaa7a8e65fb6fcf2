#include "model/prices/exchange_price.hpp"

#include <algorithm>
#include <cmath>

#include "model/system/measured_exchanges.hpp"

namespace shortfall {
namespace {

// Ranks between two neighbours of an axis.
std::int64_t stride_of(RankAxis axis, const Split& s) {
  switch (axis) {
    case RankAxis::none:
    case RankAxis::tensor:
    case RankAxis::experts:
      return 1;
    case RankAxis::context:
    case RankAxis::data:
    case RankAxis::shards:
      return s.tensor;
    case RankAxis::data_experts:
      return s.experts;
    case RankAxis::replicas:
      return s.tensor * std::max<std::int64_t>(s.shards, 1);
    case RankAxis::pipeline:
      return s.tensor * s.context * s.data;
    case RankAxis::clusters:
      break;
  }
  return s.tensor * s.context * s.data * s.pipeline;
}

double fraction_of_peers(std::int64_t ranks) {
  return static_cast<double>(ranks - 1) / static_cast<double>(ranks);
}

Bandwidth attained(const LinkModel& link, std::int64_t ranks) {
  const double lost = link.small_group / static_cast<double>(ranks);
  return link.promised * (link.attained * (1 - lost));
}

Bandwidth ring_bandwidth(const Spread& spread, const SystemModel& system) {
  const Bandwidth within = attained(system.scale_up, spread.ranks);
  if (spread.domains() == 1) return within;
  const Bandwidth between = attained(system.scale_out, spread.ranks);
  const Bandwidth through_nics = between * static_cast<double>(spread.per_domain);
  return spread.per_domain == 1 ? between : std::min(within, through_nics);
}

// An all-reduce goes around the ring twice.
int rounds_of(Collective::Kind kind) { return kind == Collective::Kind::all_reduce ? 2 : 1; }

Seconds waiting(Collective::Kind kind, const Spread& spread, const SystemModel& system) {
  const LinkModel& up = system.scale_up;
  const LinkModel& out = system.scale_out;
  const int rounds = rounds_of(kind);
  const auto domains = static_cast<double>(spread.domains());
  const double within = rounds * static_cast<double>(spread.ranks) - rounds * domains;
  const double between = rounds * (domains - 1);
  Seconds ring = up.start + up.hop * within + out.hop * between;
  if (kind != Collective::Kind::all_reduce || domains == 1) return ring;
  const auto per_domain = static_cast<double>(spread.per_domain);
  const Seconds tree =
      up.start + up.hop * (rounds * (per_domain - 1)) + out.hop * (rounds * std::log2(domains));
  return std::min(ring, tree);
}

// By which the model's time is to be multiplied.
double measured(const auto& exchange, const Spread& spread, const SystemModel& system) {
  return system.exchanges ? system.exchanges->over_model(exchange, spread) : 1;
}

}  // namespace

Spread spread_of(RankAxis axis, std::int64_t ranks, const Split& split, const SystemModel& system) {
  const std::int64_t stride = stride_of(axis, split);
  const std::int64_t per_domain = std::max<std::int64_t>(1, system.scale_up_ranks / stride);
  return {ranks, std::clamp<std::int64_t>(per_domain, 1, ranks)};
}

Seconds price_of(const Collective& collective, const Spread& spread, const SystemModel& system) {
  if (spread.ranks <= 1) return {};
  const double moved =
      collective.bytes.value * rounds_of(collective.kind) * fraction_of_peers(spread.ranks);
  const Seconds time =
      waiting(collective.kind, spread, system) + Bytes{moved} / ring_bandwidth(spread, system);
  return time * measured(collective, spread, system);
}

Seconds price_of_tokens(Bytes of_one_rank, const TokenRouting& routing, const Spread& spread,
                        const SystemModel& system) {
  if (spread.ranks <= 1) return {};
  const auto domains = static_cast<double>(spread.domains());
  const double within = fraction_of_peers(spread.per_domain) / domains;
  // Of `per_token` draws among the domains, how many different ones.
  double reached = domains * (1 - std::pow(1 - 1 / domains, routing.per_token));
  if (routing.domains_per_token > 0) reached = std::min(reached, routing.domains_per_token);
  const double outside = domains > 1 ? reached / routing.per_token * (1 - 1 / domains) : 0;
  const LinkModel& up = system.scale_up;
  Seconds time = up.start + up.hop * static_cast<double>(spread.ranks - 1);
  time = time + of_one_rank * within / attained(up, spread.ranks);
  if (outside > 0) time = time + of_one_rank * outside / attained(system.scale_out, spread.ranks);
  if (!system.exchanges) return time;
  const Collective tokens{Collective::Kind::all_to_all, of_one_rank};
  return time * system.exchanges->over_model(tokens, routing, spread);
}

Seconds price_of(const Transfer& transfer, const Spread& spread, const SystemModel& system) {
  const LinkModel& link = spread.domains() > 1 ? system.scale_out : system.scale_up;
  const Seconds time = link.hop + transfer.bytes / attained(link, 2);
  return time * measured(transfer, spread, system);
}

}  // namespace shortfall

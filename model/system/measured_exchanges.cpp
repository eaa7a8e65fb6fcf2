#include "model/system/measured_exchanges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace shortfall {
namespace {

// Of a group that lies within a domain its size does not tell the place.
std::int64_t place_of(const Spread& spread) {
  return spread.domains() == 1 ? 0 : spread.per_domain;
}

int whole_ranks(std::int64_t ranks) {
  return static_cast<int>(std::min<std::int64_t>(ranks, std::numeric_limits<int>::max()));
}

bool is_same(const Spread& a, const Spread& b) {
  return a.ranks == b.ranks && place_of(a) == place_of(b);
}

double over(Seconds measured, Seconds modelled) {
  return modelled > Seconds{0} ? measured / modelled : 1;
}

}  // namespace

MeasuredExchanges::MeasuredExchanges(const std::vector<MeasuredCollective>& collectives,
                                     std::vector<MeasuredTransfer> transfers, SystemModel base,
                                     const std::vector<MeasuredExchange>& exact)
    : transfers_(std::move(transfers)), base_(std::move(base)) {
  std::map<std::pair<Collective::Kind, std::int64_t>, std::vector<MeasuredCollective>> alike;
  for (const MeasuredCollective& one : collectives) {
    alike[{one.kind, place_of(one.spread)}].push_back(one);
  }
  for (auto& [key, measured] : alike) {
    std::vector<MeasuredGroup> groups;
    int largest = 0;
    for (const MeasuredCollective& one : measured) {
      groups.push_back({whole_ranks(one.spread.ranks), one.fit});
      largest = std::max(largest, groups.back().ranks);
    }
    families_.push_back(
        {key.first, key.second, std::move(measured), {key.first, std::move(groups)}, largest});
  }
  for (const MeasuredExchange& one : exact) {
    const auto known = std::ranges::find_if(exact_, [&](const ExactTime& other) {
      return other.of.kind == one.kind && other.of.bytes == one.bytes &&
             is_same(other.of.spread, one.spread);
    });
    if (known == exact_.end()) {
      exact_.push_back({one});
      continue;
    }
    known->times += 1;
    known->of.time = known->of.time + (one.time - known->of.time) / known->times;
  }
}

// The nearest one: what is executed has whole elements, of at most 8 B.
const MeasuredExchanges::ExactTime* MeasuredExchanges::exact_time(
    std::optional<Collective::Kind> kind, const Spread& spread, Bytes bytes) const {
  const ExactTime* nearest = nullptr;
  double distance = 8;
  for (const ExactTime& one : exact_) {
    const double away = std::abs(one.of.bytes.value - bytes.value);
    if (away >= distance || one.of.kind != kind || !is_same(one.of.spread, spread)) continue;
    nearest = &one;
    distance = away;
  }
  return nearest;
}

const MeasuredExchanges::Family* MeasuredExchanges::family_of(Collective::Kind kind,
                                                              const Spread& spread) const {
  const auto found = std::ranges::find_if(families_, [&](const Family& family) {
    return family.kind == kind && family.per_domain == place_of(spread);
  });
  return found == families_.end() ? nullptr : &*found;
}

const MeasuredTransfer* MeasuredExchanges::transfer_of(const Spread& spread) const {
  const bool is_between = spread.domains() > 1;
  const auto found = std::ranges::find_if(transfers_, [&](const MeasuredTransfer& transfer) {
    return (transfer.spread.domains() > 1) == is_between;
  });
  return found == transfers_.end() ? nullptr : &*found;
}

double MeasuredExchanges::over_model(const Collective& collective, const Spread& spread) const {
  if (const ExactTime* const exact = exact_time(collective.kind, spread, collective.bytes)) {
    return over(exact->of.time, price_of(collective, spread, base_));
  }
  const Family* const family = family_of(collective.kind, spread);
  if (family == nullptr) return 1;
  if (family->measured.size() == 1) {
    const MeasuredCollective& only = family->measured.front();
    return over(only.fit.at(collective.bytes).time, price_of(collective, only.spread, base_));
  }
  return over(family->groups.at(whole_ranks(spread.ranks), collective.bytes).time,
              price_of(collective, spread, base_));
}

double MeasuredExchanges::over_model(const Collective& tokens, const TokenRouting& routing,
                                     const Spread& spread) const {
  if (const ExactTime* const exact = exact_time(tokens.kind, spread, tokens.bytes)) {
    return over(exact->of.time, price_of_tokens(tokens.bytes, routing, spread, base_));
  }
  return over_model(tokens, spread);
}

double MeasuredExchanges::over_model(const Transfer& transfer, const Spread& spread) const {
  if (const ExactTime* const exact = exact_time(std::nullopt, spread, transfer.bytes)) {
    return over(exact->of.time, price_of(transfer, spread, base_));
  }
  const MeasuredTransfer* const measured = transfer_of(spread);
  if (measured == nullptr) return 1;
  return over(measured->fit.at(transfer.bytes).time, price_of(transfer, spread, base_));
}

std::string MeasuredExchanges::missing(const Collective& collective, const Spread& spread) const {
  if (exact_time(collective.kind, spread, collective.bytes)) return "";
  const Family* const family = family_of(collective.kind, spread);
  if (family == nullptr) return "not measured, by the rates of its links";
  const GroupEstimate found = family->groups.at(whole_ranks(spread.ranks), collective.bytes);
  if (found.beyond_reach) {
    return fmt::format("measured up to {} ranks, {} times fewer: do not rely on it",
                       family->largest, spread.ranks / family->largest);
  }
  if (spread.ranks > family->largest)
    return fmt::format("measured up to {} ranks", family->largest);
  return found.extrapolated ? "its size or group lies outside of the measured ones" : "";
}

std::string MeasuredExchanges::missing(const Transfer& transfer, const Spread& spread) const {
  if (exact_time(std::nullopt, spread, transfer.bytes)) return "";
  const MeasuredTransfer* const measured = transfer_of(spread);
  if (measured == nullptr) return "not measured, by the rates of its links";
  return measured->fit.at(transfer.bytes).extrapolated
             ? "its size lies outside of the measured ones"
             : "";
}

}  // namespace shortfall

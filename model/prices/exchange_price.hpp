// What it takes to move data between the ranks of a training run.
#pragma once

#include "core/operation/collective.hpp"
#include "core/operation/transfer.hpp"
#include "model/system/system.hpp"
#include "model/training/step.hpp"

namespace shortfall {

// Where the ranks of an axis are. Neighbouring ranks are numbered along `tensor` first, then
// `context`, `data` and `pipeline`, as frameworks do, and hosts hold neighbouring ranks.
struct Spread {
  std::int64_t ranks = 1;
  std::int64_t per_domain = 1;  // ranks of it that scale-up links join
  std::int64_t domains() const { return (ranks + per_domain - 1) / per_domain; }
};
Spread spread_of(RankAxis axis, std::int64_t ranks, const Split& split, const SystemModel& system);

// What the slowest rank's slowest link moves, and how often one rank waits for another. A ring
// through all ranks enters and leaves a domain over the NICs of all ranks in it that take part; an
// all-reduce between many domains takes a tree between them where that is sooner.
Seconds price_of(const Collective& collective, const Spread& spread, const SystemModel& system);

// Of tokens that go to `per_token` of the ranks each: one copy goes to a domain, and links within
// it spread that. `domains_per_token` caps how many domains a token may go to.
struct TokenRouting {
  double per_token = 1, domains_per_token = 0;  // 0 = no cap
};
Seconds price_of_tokens(Bytes of_one_rank, const TokenRouting& routing, const Spread& spread,
                        const SystemModel& system);

// To the next stage of a pipeline. It is as slow as the slowest link that it crosses: one between
// domains as soon as it reaches into a second one.
Seconds price_of(const Transfer& transfer, const Spread& spread, const SystemModel& system);

}  // namespace shortfall

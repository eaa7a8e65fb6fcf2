// What exchanges take, against closed forms: 8 ranks of a domain at 100 GB/s, of which n ranks
// attain 80 % (1 - 0.4 / n), and NICs of 10 GB/s, of which they attain half; 10 us to begin, 1 us
// for each hop within a domain, 5 us for each between two.
#include <gtest/gtest.h>

#include <cmath>

#include "model/prices/exchange_price.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
constexpr double us = 1e-6;

Collective of(Kind kind, double bytes) { return {.kind = kind, .bytes = {bytes}}; }

double time_of(const Collective& collective, const Spread& spread) {
  return price_of(collective, spread, sample::round_numbers()).value;
}

double up(double ranks) { return 100e9 * 0.8 * (1 - 0.4 / ranks); }

TEST(ExchangePrice, OfOneDomainIsThatOfARing) {
  const Spread eight{8, 8};
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_reduce, 1e9), eight),
                   10 * us + 14 * us + 2 * 7.0 / 8 * 1e9 / up(8));
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_gather, 1e9), eight),
                   10 * us + 7 * us + 7.0 / 8 * 1e9 / up(8));
  EXPECT_DOUBLE_EQ(time_of(of(Kind::reduce_scatter, 1e9), eight),
                   time_of(of(Kind::all_gather, 1e9), eight));
}

TEST(ExchangePrice, OfOneRankIsNothing) {
  EXPECT_EQ(time_of(of(Kind::all_reduce, 1e9), {1, 1}), 0);
}

// Through four domains: 28 hops within and 4 - 1 between; the ring leaves each domain over the NICs
// of all eight ranks, 40 GB/s together.
TEST(ExchangePrice, BetweenDomainsGoesThroughTheNicsOfAllRanks) {
  const Spread spread{32, 8};
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_gather, 1e9), spread),
                   10 * us + 28 * us + 3 * 5 * us + 31.0 / 32 * 1e9 / 40e9);
  const Spread one_of_each{4, 1};
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_gather, 1e9), one_of_each),
                   10 * us + 3 * 5 * us + 3.0 / 4 * 1e9 / 5e9);
}

TEST(ExchangePrice, BetweenDomainsIsNeverFasterThanWithinThem) {
  SystemModel system = sample::round_numbers();
  system.scale_out.promised = {1e12};
  const double bytes = 31.0 / 32 * 1e9;
  EXPECT_DOUBLE_EQ(price_of(of(Kind::all_gather, 1e9), {32, 8}, system).value,
                   10 * us + 28 * us + 3 * 5 * us + bytes / up(32));
}

// Of a few bytes: twice 3 levels of a tree over 8 domains instead of 14 hops of a ring.
TEST(ExchangePrice, OfSmallAllReducesTakesATreeBetweenDomains) {
  const double tree = 10 * us + 2 * 7 * us + 2 * 3 * 5 * us;
  const double ring = 10 * us + 2 * 56 * us + 2 * 7 * 5 * us;
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_reduce, 0), {64, 8}), tree);
  EXPECT_LT(tree, ring);
  EXPECT_DOUBLE_EQ(time_of(of(Kind::all_gather, 0), {64, 8}), 10 * us + 56 * us + 7 * 5 * us);
}

double tokens(double per_token, double cap, const Spread& spread) {
  const TokenRouting routing{per_token, cap};
  return price_of_tokens({1e9}, routing, spread, sample::round_numbers()).value;
}

TEST(TokenPrice, WithinADomainIsThatOfAllButTheRanksOwn) {
  EXPECT_DOUBLE_EQ(tokens(2, 0, {8, 8}), 17 * us + 7.0 / 8 * 1e9 / up(8));
}

// Two copies of each token, to 2 domains: both fall into the same one in half of all cases, so that
// 1.5 domains are reached, half of which is the token's own. Of 2 copies, 0.75 cross.
TEST(TokenPrice, SendsOneCopyToADomainHoweverManyRanksThereWantIt) {
  const double inside = 1e9 / 2 * 7.0 / 8 / up(16), outside = 1e9 / 2 * 0.75 / 5e9;
  EXPECT_DOUBLE_EQ(tokens(2, 0, {16, 8}), 25 * us + inside + outside);
}

// DeepSeek-V3: 8 experts on 64 ranks of 8 hosts reach 8 (1 - (7/8)^8) = 5.25 hosts, at most 4.
TEST(TokenPrice, SendsNoMoreCopiesThanGroupsAreAllowed) {
  const Spread spread{64, 8};
  const double inside = 10 * us + 63 * us + 1e9 / 8 * 7.0 / 8 / up(64);
  const auto reaching = [&](double domains) {
    return inside + domains / 8 * 7.0 / 8 * 1e9 / (5e9);
  };
  EXPECT_DOUBLE_EQ(tokens(8, 4, spread), reaching(4));
  EXPECT_DOUBLE_EQ(tokens(8, 0, spread), reaching(8 * (1 - std::pow(7.0 / 8, 8))));
  EXPECT_DOUBLE_EQ(tokens(8, 7, spread), tokens(8, 0, spread));
}

struct Placed {
  RankAxis axis;
  std::int64_t ranks, per_domain;
};

// Ranks are numbered along tensor, context, data, pipeline: 2 x 2 x 4 x 2 on domains of 8.
TEST(Spread, FollowsTheOrderInWhichFrameworksNumberRanks) {
  const Split split{.tensor = 2, .pipeline = 2, .data = 4, .context = 2, .experts = 4, .shards = 4};
  for (const auto& [axis, ranks, per_domain] :
       {Placed{RankAxis::tensor, 2, 2}, Placed{RankAxis::context, 2, 2},
        Placed{RankAxis::data, 8, 4}, Placed{RankAxis::shards, 4, 4},
        Placed{RankAxis::replicas, 2, 1}, Placed{RankAxis::experts, 4, 4},
        Placed{RankAxis::data_experts, 4, 2}, Placed{RankAxis::pipeline, 2, 1}}) {
    EXPECT_EQ(spread_of(axis, ranks, split, sample::round_numbers()).per_domain, per_domain)
        << static_cast<int>(axis);
  }
}

TEST(TransferPrice, IsThatOfTheLinkBetweenNeighbours) {
  const auto sent = [](const Spread& spread) {
    return price_of(Transfer{.kind = Transfer::Kind::one_way, .bytes = {1e9}}, spread,
                    sample::round_numbers())
        .value;
  };
  EXPECT_DOUBLE_EQ(sent({2, 2}), 1 * us + 1e9 / up(2));
  EXPECT_DOUBLE_EQ(sent({2, 1}), 5 * us + 1e9 / 5e9);
}

// Of four stages two are in each domain; the pipeline goes no faster than from one to the other.
TEST(TransferPrice, OfAPipelineThroughSeveralDomainsIsThatOfItsSlowestLink) {
  const Transfer transfer{.kind = Transfer::Kind::one_way, .bytes = {1e9}};
  EXPECT_DOUBLE_EQ(price_of(transfer, {4, 2}, sample::round_numbers()).value, 5 * us + 1e9 / 5e9);
}

}  // namespace
}  // namespace shortfall

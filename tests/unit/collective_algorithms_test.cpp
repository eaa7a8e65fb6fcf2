// What a collective costs by each algorithm: closed forms, and what must hold of all of them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "model/collectives/algorithms.hpp"
#include "model/collectives/two_level.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
using By = CollectiveAlgorithm;

constexpr LinkCost link{.latency = {3e-6}, .bandwidth = {50e9}, .reduction = {400e9}};
constexpr double alpha = 3e-6, beta = 1 / 50e9, gamma_cost = 1 / 400e9;
constexpr Bytes size = 16_MiB;
constexpr double n = size.value;

const std::vector<Kind> all_kinds{Kind::all_reduce, Kind::all_gather,  Kind::reduce_scatter,
                                  Kind::all_to_all, Kind::all_to_allv, Kind::broadcast,
                                  Kind::reduce,     Kind::gather,      Kind::scatter,
                                  Kind::ring,       Kind::neighbors,   Kind::barrier};

double seconds(Kind kind, By algorithm, int ranks, Bytes bytes = size) {
  return collective_time(kind, algorithm, bytes, ranks, link).value;
}

// visit(kind, algorithm) for everything that can be priced.
void for_each(auto&& visit) {
  for (const Kind kind : all_kinds) {
    for (const By algorithm : algorithms_for(kind)) visit(kind, algorithm);
  }
}

std::string label(Kind kind, By algorithm) {
  return std::string(name_of(kind)) + " by " + std::string(name_of(algorithm));
}

void expect_close(double found, double expected) { EXPECT_NEAR(found / expected, 1, 1e-12); }

TEST(CollectiveAlgorithms, AllReduceHasItsClosedForms) {
  expect_close(seconds(Kind::all_reduce, By::ring, 8),
               14 * alpha + 14.0 / 8 * n * beta + 7.0 / 8 * n * gamma_cost);
  expect_close(seconds(Kind::all_reduce, By::recursive_doubling, 8),
               3 * (alpha + n * beta + n * gamma_cost));
  expect_close(seconds(Kind::all_reduce, By::rabenseifner, 8),
               6 * alpha + 14.0 / 8 * n * beta + 7.0 / 8 * n * gamma_cost);
  expect_close(seconds(Kind::all_reduce, By::double_binary_tree, 8),
               6 * alpha + 2 * n * beta + n * gamma_cost);
  expect_close(seconds(Kind::all_reduce, By::in_switch, 8), alpha + 9.0 / 8 * n * beta);
}

TEST(CollectiveAlgorithms, OthersHaveTheirClosedForms) {
  expect_close(seconds(Kind::all_gather, By::ring, 5), 4 * alpha + 0.8 * n * beta);
  expect_close(seconds(Kind::all_gather, By::recursive_doubling, 8),
               3 * alpha + 7.0 / 8 * n * beta);
  expect_close(seconds(Kind::all_to_all, By::pairwise, 8), 7 * (alpha + n / 8 * beta));
  expect_close(seconds(Kind::all_to_all, By::bruck, 8), 3 * alpha + 3 * n / 2 * beta);
  expect_close(seconds(Kind::broadcast, By::binomial_tree, 5), 3 * (alpha + n * beta));
  expect_close(seconds(Kind::broadcast, By::scatter_all_gather, 8),
               (3 + 7) * alpha + 14.0 / 8 * n * beta);
  expect_close(seconds(Kind::barrier, By::recursive_doubling, 9), 4 * alpha);
}

TEST(CollectiveAlgorithms, AnAllReduceIsAReduceScatterAndAnAllGather) {
  for (const int ranks : {2, 3, 8, 100}) {
    expect_close(seconds(Kind::all_reduce, By::ring, ranks),
                 seconds(Kind::reduce_scatter, By::ring, ranks) +
                     seconds(Kind::all_gather, By::ring, ranks));
    expect_close(seconds(Kind::all_reduce, By::rabenseifner, ranks),
                 seconds(Kind::reduce_scatter, By::recursive_doubling, ranks) +
                     seconds(Kind::all_gather, By::recursive_doubling, ranks));
  }
}

TEST(CollectiveAlgorithms, OneRankAloneTakesNoTime) {
  for_each([](Kind kind, By algorithm) {
    EXPECT_EQ(seconds(kind, algorithm, 1), 0) << label(kind, algorithm);
  });
}

TEST(CollectiveAlgorithms, MoreBytesTakeNoLessTime) {
  for_each([](Kind kind, By algorithm) {
    for (const int ranks : {2, 7, 64}) {
      double before = 0;
      for (Bytes bytes{0}; bytes < 1_GiB; bytes = bytes * 3 + 1_B) {
        const double now = seconds(kind, algorithm, ranks, bytes);
        EXPECT_GE(now, before) << label(kind, algorithm);
        before = now;
      }
    }
  });
}

TEST(CollectiveAlgorithms, AFasterLinkTakesNoMoreTime) {
  for_each([](Kind kind, By algorithm) {
    const double usual = seconds(kind, algorithm, 12);
    for (const LinkCost& faster : {LinkCost{link.latency, link.bandwidth * 2, link.reduction},
                                   LinkCost{link.latency / 2, link.bandwidth, link.reduction},
                                   LinkCost{link.latency, link.bandwidth, unlimited}}) {
      EXPECT_LE(collective_time(kind, algorithm, size, 12, faster).value, usual)
          << label(kind, algorithm);
    }
  });
}

TEST(CollectiveAlgorithms, NoneBeatsTheBytesThatMustCrossALink) {
  for_each([](Kind kind, By algorithm) {
    if (algorithm == By::in_switch) return;  // a switch sends on what was sent to it once
    for (const int ranks : {2, 3, 16}) {
      const Collective collective{kind, Bytes{480000}};
      const Work least = work_of(collective, {0, ranks});
      const auto terms = cost_terms(kind, algorithm, ranks);
      EXPECT_GE(terms->wire * collective.bytes.value, least.link.value * (1 - 1e-12))
          << label(kind, algorithm) << " of " << ranks;
    }
  });
}

TEST(CollectiveAlgorithms, InSwitchReductionBeatsTheLinkRateByAsMuchAsItSaves) {
  // Of 8 ranks at most 2 * 7 / (8 + 1) = 1.56 times the link's rate, as bus bandwidth.
  const double bus = 2 * 7.0 / 8 * 1e12 / seconds(Kind::all_reduce, By::in_switch, 8, {1e12});
  EXPECT_NEAR(bus * beta, 14.0 / 9, 1e-3);
}

TEST(CollectiveAlgorithms, TheFastestOneGoesByLatencyThenByBandwidth) {
  EXPECT_EQ(fastest_algorithm(Kind::all_reduce, 8_B, 64, link).algorithm, By::recursive_doubling);
  EXPECT_EQ(fastest_algorithm(Kind::all_reduce, 1_GiB, 64, link).algorithm, By::rabenseifner);
  EXPECT_EQ(fastest_algorithm(Kind::all_to_all, 8_B, 64, link).algorithm, By::bruck);
  EXPECT_EQ(fastest_algorithm(Kind::all_to_all, 1_GiB, 64, link).algorithm, By::pairwise);
}

TEST(CollectiveAlgorithms, AChunkedTreeNearsTwiceTheBytesOverTheLink) {
  const LinkCost no_reduction{link.latency, link.bandwidth};
  const auto tree = [&](Bytes chunk) {
    return chunked_tree_all_reduce(1_GiB, chunk, 16, no_reduction).value;
  };
  // In one piece: 2 lg 16 steps down to two children each.
  expect_close(tree(1_GiB), 2 * 8 * (alpha + 0x1p30 * beta));
  expect_close(tree(2_GiB), tree(1_GiB));
  EXPECT_NEAR(tree(1_MiB) / (2 * 0x1p30 * beta), 1, 0.16);  // 1024 + 7 steps of 21 + 3 us
  EXPECT_EQ(chunked_tree_all_reduce(1_GiB, 1_MiB, 1, link).value, 0);
}

TEST(CollectiveAlgorithms, WhatCannotBeSaysWhatCould) {
  try {
    seconds(Kind::all_to_all, By::ring, 4);
    FAIL() << "a ring did an all-to-all";
  } catch (const BadUsage& error) {
    EXPECT_STREQ(error.what(),
                 "no all_to_all by ring: possible are Bruck's algorithm, pairwise exchange");
  }
  EXPECT_THROW(seconds(Kind::all_reduce, By::ring, 0), BadUsage);
  EXPECT_THROW(seconds(Kind::all_reduce, By::ring, -3), BadUsage);
  EXPECT_THROW(seconds(Kind::all_reduce, By::ring, 4, {-1}), BadUsage);
  EXPECT_THROW(seconds(Kind::all_reduce, By::ring, 4, {std::nan("")}), BadUsage);
  EXPECT_THROW(seconds(Kind::all_reduce, By::ring, 4, {std::numeric_limits<double>::infinity()}),
               BadUsage);
  EXPECT_THROW(collective_time(Kind::all_reduce, By::ring, size, 4, {{1e-6}, {0}}), BadUsage);
  EXPECT_THROW(collective_time(Kind::all_reduce, By::ring, size, 4, {{std::nan("")}, {1e9}}),
               BadUsage);
  EXPECT_THROW(chunked_tree_all_reduce(size, {0}, 4, link), BadUsage);
}

constexpr LinkCost fast{.latency = {1e-6}, .bandwidth = {450e9}};
constexpr TwoLevelGroup nodes{.inside = fast, .between = link, .ranks_per_node = 8, .nodes = 4};

TEST(TwoLevelCollectives, AnAllReduceSharesTheBytesAmongTheRails) {
  const double inside = 2 * (7 * 1e-6 + 7.0 / 8 * n / 450e9);
  const double between = 6 * alpha + 6.0 / 4 * n / 8 * beta + 3.0 / 4 * n / 8 * gamma_cost;
  expect_close(two_level_time(Kind::all_reduce, size, nodes).value, inside + between);
}

TEST(TwoLevelCollectives, AnAllReduceIsAReduceScatterAndAnAllGather) {
  expect_close(two_level_time(Kind::all_reduce, size, nodes).value,
               two_level_time(Kind::reduce_scatter, size, nodes).value +
                   two_level_time(Kind::all_gather, size, nodes).value);
}

TEST(TwoLevelCollectives, AnAllToAllMovesAllBytesOnBothLevelsAndCopiesThemBetween) {
  TwoLevelGroup copying = nodes;
  copying.copy = {1e12};
  const double inside = 7 * (1e-6 + n / 8 / 450e9), between = 3 * (alpha + n / 4 * beta);
  expect_close(two_level_time(Kind::all_to_all, size, copying).value, inside + n / 1e12 + between);
}

TEST(TwoLevelCollectives, OneLevelAloneIsThatLevel) {
  for (const Kind kind :
       {Kind::all_reduce, Kind::all_gather, Kind::reduce_scatter, Kind::all_to_all}) {
    const By by = kind == Kind::all_to_all ? By::pairwise : By::ring;
    TwoLevelGroup one_node{fast, link, 8, 1, {1e9}}, one_rank_each{fast, link, 1, 8, {1e9}};
    expect_close(two_level_time(kind, size, one_node).value,
                 collective_time(kind, by, size, 8, fast).value);
    expect_close(two_level_time(kind, size, one_rank_each).value,
                 collective_time(kind, by, size, 8, link).value);
    const TwoLevelGroup alone{fast, link, 1, 1};
    EXPECT_EQ(two_level_time(kind, size, alone).value, 0);
  }
}

TEST(TwoLevelCollectives, SwitchesMayReduceInside) {
  const double found =
      two_level_time(Kind::all_reduce, size, nodes, TwoLevelAlgorithms{By::in_switch, By::ring})
          .value;
  expect_close(found, 2 * (1e-6 + n / 450e9) +
                          collective_time(Kind::all_reduce, By::ring, size / 8, 4, link).value);
}

TEST(TwoLevelCollectives, WhatCannotBeIsRefused) {
  EXPECT_THROW(two_level_time(Kind::broadcast, size, nodes), BadUsage);
  TwoLevelGroup wrong = nodes;
  wrong.nodes = 0;
  EXPECT_THROW(two_level_time(Kind::all_reduce, size, wrong), BadUsage);
  wrong = nodes;
  wrong.copy = {std::nan("")};
  EXPECT_THROW(two_level_time(Kind::all_to_all, size, wrong), BadUsage);
  EXPECT_THROW(
      two_level_time(Kind::all_reduce, size, nodes, TwoLevelAlgorithms{By::pairwise, By::ring}),
      BadUsage);
}

}  // namespace
}  // namespace shortfall

// Collectives by definition: the inputs of all ranks put together by hand must be what verification
// expects, and the factor table must be what a ring really sends.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/unit/pattern_numbers.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;
constexpr Draw drawing{.seed = 5, .batch = 3};
constexpr std::size_t elements = 120;  // whole blocks for 2, 3, 4, 5 ranks

Collective collective_of(Kind kind, DType type) {
  Collective c{kind, {static_cast<double>(elements * size_of(type))}, type};
  c.skew = kind == Kind::all_to_allv ? 1 : 0;
  return c;
}

Numbers part(const Numbers& from, std::size_t first, std::size_t count) {
  return {from.begin() + static_cast<std::ptrdiff_t>(first),
          from.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

void append(Numbers& to, const Numbers& more) { to.insert(to.end(), more.begin(), more.end()); }

double reduced(double one, double other, Collective::Reduction reduction) {
  switch (reduction) {
    case Collective::Reduction::max:
      return std::max(one, other);
    case Collective::Reduction::min:
      return std::min(one, other);
    case Collective::Reduction::prod:
      return one * other;
    default:
      return one + other;
  }
}

Numbers reduced(const std::vector<Numbers>& sent, Collective::Reduction reduction) {
  Numbers result = sent[0];
  for (std::size_t rank = 1; rank < sent.size(); ++rank) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = reduced(result[i], sent[rank][i], reduction);
    }
  }
  if (reduction != Collective::Reduction::avg) return result;
  for (double& number : result) number /= static_cast<double>(sent.size());
  return result;
}

// What `rank` must receive, from what all sent. Empty: nothing.
Numbers by_definition(const Collective& c, const std::vector<Numbers>& sent, std::size_t rank) {
  const std::size_t n = sent.size(), block = elements / n;
  Numbers result;
  switch (c.kind) {
    case Kind::all_reduce:
      return reduced(sent, c.reduction);
    case Kind::reduce:
      return rank == 0 ? reduced(sent, c.reduction) : Numbers{};
    case Kind::reduce_scatter:
      return part(reduced(sent, c.reduction), rank * block, block);
    case Kind::gather:
      if (rank != 0) return {};
      [[fallthrough]];
    case Kind::all_gather:
      for (const Numbers& numbers : sent) append(result, numbers);
      return result;
    case Kind::all_to_all:
      for (const Numbers& numbers : sent) append(result, part(numbers, rank * block, block));
      return result;
    case Kind::all_to_allv: {
      const auto sizes = shares(c, static_cast<int>(n));
      const auto before = std::accumulate(
          sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(rank), std::size_t{0});
      for (const Numbers& numbers : sent) append(result, part(numbers, before, sizes[rank]));
      return result;
    }
    case Kind::broadcast:
      return rank == 0 ? Numbers{} : sent[0];
    case Kind::scatter:
      return part(sent[0], rank * block, block);
    case Kind::ring:
      return sent[(rank + n - 1) % n];
    case Kind::neighbors:
      result = sent[(rank + n - 1) % n];
      append(result, sent[(rank + 1) % n]);
      return result;
    case Kind::barrier:
      break;
  }
  return {};
}

class EveryCollective : public testing::TestWithParam<std::tuple<Kind, DType, int>> {
 protected:
  Kind kind = std::get<0>(GetParam());
  DType type = std::get<1>(GetParam());
  int ranks = std::get<2>(GetParam());

  std::vector<Numbers> sent(const Collective& c) const {
    std::vector<Numbers> all;
    for (int rank = 0; rank < ranks; ++rank) {
      all.push_back(numbers(input(c, {rank, ranks}, 0, drawing)));
    }
    return all;
  }
};

TEST_P(EveryCollective, MustDeliverWhatItsDefinitionSays) {
  using enum Collective::Reduction;
  for (const auto reduction : {sum, max, min, prod, avg}) {
    Collective c = collective_of(kind, type);
    c.reduction = reduction;
    if (!why_not_exact(c, {0, ranks}).empty()) continue;
    for (int rank = 0; rank < ranks; ++rank) {
      const auto want = by_definition(c, sent(c), static_cast<std::size_t>(rank));
      const auto pattern = expected(c, {rank, ranks}, drawing);

      ASSERT_EQ(pattern.has_value(), !want.empty()) << rank;
      EXPECT_EQ(pattern ? numbers(*pattern) : Numbers{}, want) << rank;
    }
  }
}

TEST_P(EveryCollective, DeliversTheSameInPlace) {
  Collective apart = collective_of(kind, type), in_place = apart;
  in_place.in_place = true;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto one = expected(apart, {rank, ranks}, drawing);
    const auto other = expected(in_place, {rank, ranks}, drawing);

    ASSERT_EQ(one.has_value(), other.has_value());
    EXPECT_EQ(one ? numbers(*one) : Numbers{}, other ? numbers(*other) : Numbers{});
    EXPECT_TRUE(layout(in_place, {rank, ranks}).inputs.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryCollective,
                         testing::Combine(testing::Values(Kind::all_reduce, Kind::all_gather,
                                                          Kind::reduce_scatter, Kind::all_to_all,
                                                          Kind::all_to_allv, Kind::broadcast,
                                                          Kind::reduce, Kind::gather, Kind::scatter,
                                                          Kind::ring, Kind::neighbors),
                                          testing::Values(DType::f32, DType::bf16, DType::u8,
                                                          DType::i64, DType::u32, DType::u64),
                                          testing::Values(2, 3, 5)));

TEST(InPlace, AGatheringRankFindsItsOwnBlockWhereItBelongs) {
  Collective c = collective_of(Kind::all_gather, DType::f32);
  c.in_place = true;
  const Group group{2, 4};
  const Numbers before = numbers(output_before(c, group, drawing));
  const Numbers after = numbers(*expected(c, group, drawing));

  for (std::size_t i = 0; i < elements; ++i) {
    const bool is_own = i / (elements / 4) == 2;
    if (is_own) {
      EXPECT_EQ(before[i], after[i]) << i;
    } else {
      EXPECT_TRUE(std::isnan(before[i])) << i;
    }
  }
}

TEST(Reduced, BlocksOfManyRanksMatchWhereTheyDoNotBeginAtTheStart) {
  Collective c{Kind::reduce_scatter, {200.0 * 130 * 2}, DType::bf16};  // only some contribute
  Numbers sum(200 * 130);
  for (int rank = 0; rank < 200; ++rank) {
    const Numbers mine = numbers(input(c, {rank, 200}, 0, drawing));
    std::ranges::transform(sum, mine, sum.begin(), std::plus<>{});
  }

  for (const int rank : {0, 1, 7, 199}) {
    EXPECT_EQ(numbers(*expected(c, {rank, 200}, drawing)),
              part(sum, static_cast<std::size_t>(rank) * 130, 130));
  }
}

// Ranks in a ring, each with one link to the next: every algorithm below sends through these links
// alone, and counts what they carry.
class Ring {
 public:
  explicit Ring(int ranks) : carried_(static_cast<std::size_t>(ranks)) {}
  // From `from` to the rank `steps` further on, through a switch: the sender's link is what counts.
  void send(int from, double bytes) { carried_[index(from)] += bytes; }
  double busiest() const { return *std::ranges::max_element(carried_); }
  int size() const { return static_cast<int>(carried_.size()); }

 private:
  std::size_t index(int rank) const { return static_cast<std::size_t>((rank + size()) % size()); }
  std::vector<double> carried_;
};

// n - 1 steps, in each of which every rank passes one block on.
void pass_blocks_round(Ring& ring, double block) {
  for (int step = 1; step < ring.size(); ++step) {
    for (int rank = 0; rank < ring.size(); ++rank) ring.send(rank, block);
  }
}

// A chain from the first rank to the last, in small pieces.
void pass_along(Ring& ring, double bytes) {
  for (int rank = 0; rank + 1 < ring.size(); ++rank) ring.send(rank, bytes);
}

double busiest_link(Kind kind, int ranks, double bytes) {
  Ring ring(ranks);
  const double block = bytes / ranks;
  switch (kind) {
    case Kind::all_reduce:
      pass_blocks_round(ring, block);  // reduce-scatter
      pass_blocks_round(ring, block);  // all-gather
      break;
    case Kind::all_gather:
    case Kind::reduce_scatter:
    case Kind::all_to_all:
    case Kind::all_to_allv:
      pass_blocks_round(ring, block);
      break;
    case Kind::broadcast:
    case Kind::reduce:
      pass_along(ring, bytes);
      break;
    case Kind::gather:
    case Kind::scatter:  // the root's link carries every block but its own
      for (int rank = 1; rank < ranks; ++rank) ring.send(0, block);
      break;
    case Kind::ring:
      for (int rank = 0; rank < ranks; ++rank) ring.send(rank, bytes);
      break;
    case Kind::neighbors:
      for (int rank = 0; rank < ranks; ++rank) ring.send(rank, 2 * bytes);
      break;
    case Kind::barrier:
      break;
  }
  return ring.busiest();
}

TEST(LinkBytes, AreWhatTheBusiestLinkOfARingCarries) {
  constexpr double bytes = 5040 * 4;  // whole blocks for up to 10 ranks
  for (int k = 0; k <= static_cast<int>(Kind::barrier); ++k) {
    for (int ranks = 2; ranks <= 10; ++ranks) {
      const auto kind = static_cast<Kind>(k);
      EXPECT_NEAR(work(Collective{kind, {bytes}}, {0, ranks}).link.value,
                  busiest_link(kind, ranks, bytes), 1e-6)
          << k << " with " << ranks;
    }
  }
}

TEST(LinkBytes, OfSkewedBlocksAreThoseOfTheMostWantedRank) {
  Collective c{Kind::all_to_allv, {4.0 * 1000}, DType::f32};
  c.skew = 1;
  const auto sizes = shares(c, 4);
  const auto most = static_cast<double>(*std::ranges::max_element(sizes));

  EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), 1000U);
  EXPECT_NEAR(most, 1000 / (1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4), 2);
  EXPECT_DOUBLE_EQ(work(c, {0, 4}).link.value, 3 * most * 4);
}

TEST(Shares, AreEqualWithoutSkew) {
  EXPECT_EQ(shares({Kind::all_to_allv, {4.0 * 1000}, DType::f32}, 4),
            std::vector<std::size_t>(4, 250));
}

}  // namespace
}  // namespace shortfall

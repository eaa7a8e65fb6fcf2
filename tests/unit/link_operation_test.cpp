// Copies over links and chases through memory elsewhere: who does what, what must arrive, and what
// is counted.
#include <gtest/gtest.h>

#include "core/overloaded.hpp"
#include "core/pattern.hpp"

namespace shortfall {
namespace {

using Shape = PeerCopy::Shape;
using Way = PeerCopy::Way;
constexpr std::array ways{Way::write, Way::read};

// What all ranks of a group whose times count say that they move, together.
double moved_by_all(const PeerCopy& copy, int ranks) {
  int timed = 0;
  for (int rank = 0; rank < ranks; ++rank) timed += takes_time(copy, {rank, ranks}) ? 1 : 0;
  return timed * work(copy, {0, ranks}).payload.value;
}

std::size_t arrivals(const PeerCopy& copy, const Group& group) {
  const auto want = expected(copy, group, {});
  return want ? want->count : 0;
}

TEST(PeerCopies, AreCountedOnceEachWhoeverMakesThem) {
  for (const Way way : ways) {
    EXPECT_EQ(moved_by_all({Shape::pair, 1_MiB, way}, 2), 1 << 20);
    EXPECT_EQ(moved_by_all({Shape::both_ways, 1_MiB, way}, 2), 2 << 20);
    EXPECT_EQ(moved_by_all({Shape::all_to_one, 1_MiB, way}, 8), 7 << 20);
    EXPECT_EQ(moved_by_all({Shape::one_to_all, 1_MiB, way}, 8), 7 << 20);
  }
}

TEST(HostCopies, HoldInTheMemoryOfTheHostWhatGoesEachWay) {
  using Direction = HostCopy::Direction;
  EXPECT_EQ(held_by_host({Direction::to_device, 1_MiB}), 1_MiB);
  EXPECT_EQ(held_by_host({Direction::to_host, 1_MiB}), 1_MiB);
  EXPECT_EQ(held_by_host({Direction::both, 1_MiB}), 2_MiB);
}

TEST(PeerCopies, OfBothWaysFillTheLinkOfARankTwice) {
  const Work work = shortfall::work(PeerCopy{Shape::both_ways, 1_MiB}, {0, 2});
  EXPECT_EQ(work.payload, 1_MiB);
  EXPECT_EQ(work.link, 2_MiB);
}

TEST(PeerCopies, AreTimedWhereTheyAreMade) {
  const auto timed = [](const PeerCopy& copy, int ranks) {
    std::vector<int> all;
    for (int rank = 0; rank < ranks; ++rank) {
      if (takes_time(copy, {rank, ranks})) all.push_back(rank);
    }
    return all;
  };
  EXPECT_EQ(timed({Shape::pair, 1_MiB, Way::write}, 2), std::vector{0});
  EXPECT_EQ(timed({Shape::pair, 1_MiB, Way::read}, 2), std::vector{1});
  EXPECT_EQ(timed({Shape::all_to_one, 1_MiB, Way::write}, 3), (std::vector{0, 1}));
  EXPECT_EQ(timed({Shape::all_to_one, 1_MiB, Way::read}, 3), std::vector{2});
  EXPECT_EQ(timed({Shape::one_to_all, 1_MiB, Way::write}, 3), std::vector{0});
  EXPECT_EQ(timed({Shape::one_to_all, 1_MiB, Way::read}, 3), (std::vector{1, 2}));
}

TEST(PeerCopies, ArriveWhereTheyWereSent) {
  constexpr std::size_t words = 1024;
  EXPECT_EQ(arrivals({Shape::pair, 4_KiB}, {0, 2}), 0U);
  EXPECT_EQ(arrivals({Shape::pair, 4_KiB}, {1, 2}), words);
  EXPECT_EQ(arrivals({Shape::both_ways, 4_KiB}, {0, 2}), words);
  EXPECT_EQ(arrivals({Shape::all_to_one, 4_KiB}, {3, 4}), 3 * words);
  EXPECT_EQ(arrivals({Shape::all_to_one, 4_KiB}, {0, 4}), 0U);
  EXPECT_EQ(arrivals({Shape::one_to_all, 4_KiB}, {0, 4}), 0U);
  EXPECT_EQ(arrivals({Shape::one_to_all, 4_KiB}, {2, 4}), words);
}

// Done by hand: what each rank holds, put where parts_of() says, is what is expected.
TEST(PeerCopies, LeaveWhatIsExpected) {
  const Draw draw{.seed = 7, .batch = 2};
  for (const Shape shape : {Shape::pair, Shape::both_ways, Shape::all_to_one, Shape::one_to_all}) {
    const int ranks = shape == Shape::pair || shape == Shape::both_ways ? 2 : 4;
    const PeerCopy copy{shape, 100_B};
    for (int rank = 0; rank < ranks; ++rank) {
      const Group group{rank, ranks};
      const auto want = expected(copy, group, draw);
      if (!want) continue;
      std::vector<std::byte> out(whole(layout(copy, group).output.bytes()));
      for (const auto& [from, to, block] : parts_of(copy, ranks)) {
        if (to != rank) continue;
        write(std::span(out).subspan(block * 100, 100), input(copy, {from, ranks}, 0, draw));
      }

      EXPECT_FALSE(first_mismatch(out, *want)) << static_cast<int>(shape) << ' ' << rank;
    }
  }
}

TEST(PeerCopies, HaveRoomOnlyWhereSomethingArrives) {
  const PeerCopy copy{Shape::all_to_one, 1_MiB};
  EXPECT_EQ(footprint(layout(copy, {3, 4})), 3_MiB);
  EXPECT_EQ(layout(copy, {0, 4}).inputs.size(), 1U);
  EXPECT_LT(footprint(layout(copy, {0, 4})).value, (1 << 20) + 8);
}

TEST(PeerCopies, AreTheWorkOfALink) {
  EXPECT_TRUE(is_by_link(PeerCopy{Shape::pair, 1_MiB}));
  EXPECT_TRUE(is_between_ranks(PeerCopy{Shape::pair, 1_MiB}));
  EXPECT_TRUE(is_by_link(Chase{.bytes = 1_MiB, .lines = Chase::Lines::peer}));
  EXPECT_FALSE(is_by_link(Chase{.bytes = 1_MiB, .lines = Chase::Lines::host}));
  EXPECT_FALSE(is_by_link(Transfer{Transfer::Kind::one_way, 1_MiB}));
}

TEST(HostCopies, OfBothDirectionsCountEveryByteAndCheckBoth) {
  const HostCopy copy{HostCopy::Direction::both, 1_MiB};
  EXPECT_EQ(work(copy, {}).payload, 2_MiB);
  EXPECT_EQ(work(copy, {}).link, 2_MiB);
  EXPECT_EQ(expected(copy, {}, {})->count, 2 * (std::size_t{1} << 18U));
  EXPECT_EQ(work(HostCopy{HostCopy::Direction::to_host, 1_MiB}, {}).link, 1_MiB);
}

TEST(HostCopies, OfOddSizesAreOfBytes) {
  const Layout buffers = layout(HostCopy{HostCopy::Direction::both, {1001}}, {});
  EXPECT_EQ(buffers.output.type, DType::u8);
  EXPECT_EQ(buffers.output.count, 2002U);
}

TEST(ChasesElsewhere, HaveNoLinesAmongTheirBuffersAndNoPlacement) {
  const Placement somewhere{Pages::small, 3};
  for (const auto lines : {Chase::Lines::host, Chase::Lines::peer}) {
    const Chase chase{1_MiB, somewhere, lines};
    EXPECT_TRUE(layout(chase, {}).inputs.empty());
    EXPECT_EQ(placement(chase), Placement{});
  }
}

TEST(ChasesElsewhere, AreFollowedByTheFirstOfTwoRanks) {
  const Chase chase{.bytes = 1_MiB, .lines = Chase::Lines::peer};
  EXPECT_TRUE(takes_time(chase, {0, 2}));
  EXPECT_FALSE(takes_time(chase, {1, 2}));
  EXPECT_TRUE(expected(chase, {0, 2}, {}));
  EXPECT_FALSE(expected(chase, {1, 2}, {}));
}

}  // namespace
}  // namespace shortfall

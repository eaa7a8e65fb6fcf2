// Which number a rank has among those with which it shares a host, or a NUMA node.
#include "backends/place_on_host.hpp"

#include <gtest/gtest.h>

#include "backends/process.hpp"
#include "tests/unit/tcp_ranks.hpp"

namespace shortfall {
namespace {

const std::vector<std::string> two_hosts{"a", "a", "a", "a", "b", "b", "b", "b"};

std::vector<int> numbers_on_node(const std::vector<int>& nodes) {
  std::vector<int> numbers;
  for (int rank = 0; rank < 8; ++rank) {
    numbers.push_back(place_of(rank, two_hosts, nodes).on_node);
  }
  return numbers;
}

TEST(PlaceOnHost, CountsRanksOfTheSameHost) {
  const std::vector<int> nodes(8, 0);
  EXPECT_EQ(place_of(0, two_hosts, nodes), (PlaceOnHost{0, 0, 0}));
  EXPECT_EQ(place_of(3, two_hosts, nodes), (PlaceOnHost{3, 0, 3}));
  EXPECT_EQ(place_of(5, two_hosts, nodes), (PlaceOnHost{1, 0, 1}));
}

TEST(PlaceOnHost, CountsThoseOfANodeHoweverTheyWereSpread) {
  EXPECT_EQ(numbers_on_node({0, 0, 1, 1, 0, 0, 1, 1}), (std::vector<int>{0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(numbers_on_node({0, 1, 0, 1, 0, 1, 0, 1}), (std::vector<int>{0, 0, 1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(numbers_on_node(std::vector<int>(8, -1)), (std::vector<int>{0, 1, 2, 3, 0, 1, 2, 3}));
}

TEST(PlaceOnHost, IsAgreedOnByAllRanks) {
  const auto places =
      tcp::answers_of_ranks<int>(3, [](World& world) { return place_on_host(world).on_host; });
  EXPECT_EQ(places, (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace shortfall

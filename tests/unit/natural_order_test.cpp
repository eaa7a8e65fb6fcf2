#include "core/natural_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace shortfall {
namespace {

TEST(NaturalName, ComesInTheOrderInWhichPeopleCount) {
  const std::vector<std::string> ascending{
      "",        "10",        "eth9",     "eth10",    "ibp3s0",
      "mlx5",    "mlx5_2",    "mlx5_2a",  "mlx5_02b", "mlx5_9",
      "mlx5_10", "mlx5_10_1", "rocep1s0", "rxe",      "x99999999999999999999999"};
  std::vector<std::string> sorted(ascending.rbegin(), ascending.rend());

  std::ranges::sort(sorted, {}, [](const std::string& name) { return NaturalName{name}; });

  EXPECT_EQ(sorted, ascending);
}

TEST(NaturalName, TellsNamesApartThatCountAlike) {
  const NaturalName plain{"mlx5_2"}, padded{"mlx5_02"};
  EXPECT_NE(plain, padded);
  EXPECT_TRUE((plain < padded) != (padded < plain));
  EXPECT_EQ(plain <=> NaturalName{"mlx5_2"}, std::strong_ordering::equal);
}

}  // namespace
}  // namespace shortfall

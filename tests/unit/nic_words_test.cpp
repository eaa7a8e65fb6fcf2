// How adapters are named on the command line.
#include "core/nic_words.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

TEST(NicWords, NameTheNearestANumberOrADevice) {
  EXPECT_TRUE(nic_words_from("nearest")->from.is_nearest());
  EXPECT_EQ(nic_words_from("3")->to.index, 3);
  EXPECT_EQ(nic_words_from("mlx5_0")->from, (NicWord{.device = "mlx5_0"}));
  EXPECT_EQ(nic_words_from("mlx5_0:2")->to, (NicWord{.device = "mlx5_0", .port = 2}));
}

TEST(NicWords, MayDifferBetweenTheEnds) {
  const auto words = nic_words_from("rxe0:1..rxe1");

  ASSERT_TRUE(words);
  EXPECT_EQ(text_of(words->from), "rxe0:1");
  EXPECT_EQ(text_of(words->to), "rxe1");
  EXPECT_EQ(text_of(nic_words_from("0..nearest")->to), "nearest");
}

TEST(NicWords, AreRefusedWhereTheyNameNothing) {
  for (const char* const text :
       {"", "..", "0..", "..0", "-1", ":1", "rxe0:", "rxe0:0", "rxe0:256", "rxe0:x", "4294967296"}) {
    EXPECT_FALSE(nic_words_from(text)) << text;
  }
}

}  // namespace
}  // namespace shortfall

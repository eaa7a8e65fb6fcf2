// A waterfall as text.
#include "reporters/waterfall_text.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/text.hpp"

namespace shortfall {
namespace {

std::vector<std::string> lines_of(const std::vector<WaterfallRow>& rows) {
  std::ostringstream out;
  write_waterfall(out, rows, {2});
  return split(out.str(), '\n');
}

constexpr std::int64_t percent = 10'000'000'000;

TEST(WaterfallText, BarsBeginWhereTheRowsBeforeThemEnd) {
  const auto lines = lines_of({{"delivered", "arithmetic", {1}, 50 * percent},
                               {"memory", "passes", {0.5}, 25 * percent},
                               {"data", "gradients", {0.5}, 25 * percent}});

  EXPECT_TRUE(lines[0].ends_with("1.00 s   50.00 %  ##############")) << lines[0];
  EXPECT_TRUE(lines[1].ends_with("25.00 %                #######")) << lines[1];
  EXPECT_TRUE(lines[2].ends_with("%                       #######")) << lines[2];
  EXPECT_NE(lines[3].find("2.00 s  100.00 %"), std::string::npos) << lines[3];
}

TEST(WaterfallText, WhatGivesTimeBackPointsBack) {
  const auto lines = lines_of({{"delivered", "arithmetic", {3}, 150 * percent},
                               {"residual", "not explained", {-1}, -50 * percent}});

  EXPECT_NE(lines[1].find("-1.00 s  -50.00 %"), std::string::npos) << lines[1];
  EXPECT_TRUE(lines[0].ends_with("%  " + std::string(28, '#'))) << lines[0];
  EXPECT_TRUE(lines[1].ends_with("%  " + std::string(19, ' ') + "<<<<<<<<<")) << lines[1];
}

TEST(WaterfallText, RowsOfNothingAreCounted) {
  const auto lines =
      lines_of({{"delivered", "arithmetic", {2}, 100 * percent}, {"outer", "clusters", {}, 0}});

  EXPECT_NE(lines[1].find("one step"), std::string::npos);
  EXPECT_EQ(trimmed(lines[2]), "1 row of less than 0.01 % is not shown");
}

}  // namespace
}  // namespace shortfall

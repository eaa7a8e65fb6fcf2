// One slow host among others, as reports tell each rank's time.
#include <gtest/gtest.h>

#include "model/what_if_hosts.hpp"
#include "tests/unit/measured_truth.hpp"

namespace shortfall {
namespace {

TEST(MeasuredHosts, TellTheSlowOne) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {.hosts = 4, .slower = {1, 1, 1.3, 1}});
  const SystemModel measured = found(made_up.with_all().report());
  EXPECT_GT(measured.spread, 0.1);
  const auto rows = without_hosts(usual_run(), measured);
  ASSERT_EQ(rows.size(), 4);
  EXPECT_EQ(rows.front().change, "without host node00002");
  EXPECT_GT(rows.front().faster, 0.1);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i].faster, 0.01);
}

TEST(MeasuredHosts, TellTheSlowOneAmongThousands) {
  const SystemModel wrote = truth();
  std::vector<double> slower(2048, 1);
  slower[1000] = 1.3;
  ReportOfSystem made_up(wrote, {.hosts = 2048, .slower = slower});
  const SystemModel measured = found(made_up.with_all().report());
  const auto rows = without_hosts(usual_run(), measured);
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows.front().change, "without host node01000");
  EXPECT_GT(rows.front().faster, 0.1);
}

TEST(MeasuredHosts, GainNothingWhereNoneIsSlow) {
  const SystemModel wrote = truth();
  ReportOfSystem made_up(wrote, {.hosts = 4});
  const SystemModel measured = found(made_up.with_all().report());
  for (const WhatIf& row : without_hosts(usual_run(), measured)) {
    EXPECT_NEAR(row.faster, 0, 1e-9);
  }
}

}  // namespace
}  // namespace shortfall

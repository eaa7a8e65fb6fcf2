// One slow host among others, as reports tell each rank's time.
#include <gtest/gtest.h>

#include <cmath>

#include "core/statistics.hpp"
#include "diagnosis/host_spread.hpp"
#include "model/what_if_hosts.hpp"
#include "tests/unit/measured_truth.hpp"

namespace shortfall {
namespace {

// What hosts_left_out() says, step by step.
HostLeftOut plainly_without(const std::string& host, const std::vector<Seconds>& times,
                            const std::vector<Binding>& bindings) {
  std::vector<Seconds> all, others;
  for (std::size_t rank = 0; rank < times.size(); ++rank) {
    if (times[rank] == Seconds{0}) continue;  // idle
    all.push_back(times[rank]);
    if (bindings[rank].host != host) others.push_back(times[rank]);
  }
  const Seconds typical = lower_median(others);
  double mean = 0, squares = 0;
  for (const Seconds time : others) mean += time.value / static_cast<double>(others.size());
  for (const Seconds time : others) squares += std::pow(time.value / mean - 1, 2);
  const double waits = *std::ranges::max_element(others) / typical - 1;
  const auto fewer = static_cast<double>(others.size()) - 1;
  return {host, lower_median(all) / typical, others.size() < 2 ? 0 : std::sqrt(squares / fewer),
          RankWaits{waits, waits}};
}

TEST(MeasuredHosts, LeftOutAreAsIfTheyHadNotBeenThere) {
  const std::vector<Seconds> times{{1.0}, {1.2}, {0}, {1.1}, {1.1}, {2.5}, {0.9}};
  std::vector<Binding> bindings;
  for (const char* const host : {"a", "b", "a", "b", "a", "c", "b"}) {
    bindings.push_back({.rank = static_cast<int>(bindings.size()), .host = host});
  }
  Report report;
  Measured product = sample::measured(1.1, 7);
  product.per_rank.all = times;
  report.entries.push_back(
      sample::entry("gemm", Suite::gemm, Params({{"n", 64}, {"group", "all"}}), {}, product));

  const auto left_out = hosts_left_out(measured_cases(report), bindings);

  ASSERT_EQ(left_out.size(), 3);
  for (const HostLeftOut& one : left_out) {
    const HostLeftOut plain = plainly_without(one.host, times, bindings);
    EXPECT_DOUBLE_EQ(one.speedup, plain.speedup) << one.host;
    EXPECT_NEAR(one.spread, plain.spread, 1e-12) << one.host;
    EXPECT_DOUBLE_EQ(one.slowest->after_step, plain.slowest->after_step) << one.host;
  }
}

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
  const auto rows = without_hosts(usual_run(), measured);
  ASSERT_EQ(rows.size(), 4);
  for (const WhatIf& row : rows) EXPECT_NEAR(row.faster, 0, 1e-9);
}

}  // namespace
}  // namespace shortfall

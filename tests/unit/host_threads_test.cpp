// How many threads a rank starts on the host, and how they share an array.
#include <gtest/gtest.h>

#include <atomic>

#include "backends/host/cpus.hpp"
#include "backends/host/threads.hpp"

namespace shortfall {
namespace {

const std::vector<LogicalCpu> two_cores_with_smt{{.number = 0, .first_sibling = 0},
                                                 {.number = 1, .first_sibling = 1},
                                                 {.number = 2, .first_sibling = 0},
                                                 {.number = 3, .first_sibling = 1}};

TEST(HostThreads, SiblingsOfACoreCountOnce) {
  EXPECT_EQ(distinct_cores({0, 1, 2, 3}, two_cores_with_smt), 2);
}

TEST(HostThreads, OnlyTheCoresOfTheMaskCount) {
  EXPECT_EQ(distinct_cores({1, 3}, two_cores_with_smt), 1);
}

TEST(HostThreads, CpusThatTheSystemDoesNotDescribeAreCores) {
  EXPECT_EQ(distinct_cores({7, 8, 9}, {}), 3);
}

TEST(HostThreads, ARankAloneUsesEveryCore) { EXPECT_EQ(thread_count({.cores = 8}), 8); }

TEST(HostThreads, RanksThatNobodyBoundShareTheCores) {
  EXPECT_EQ(thread_count({.cores = 9, .ranks_on_host = 4}), 2);
}

TEST(HostThreads, BoundRanksDoNotShareTheirCores) {
  EXPECT_EQ(thread_count({.cores = 4, .is_bound = true, .ranks_on_host = 2}), 4);
}

TEST(HostThreads, MoreRanksThanCoresHaveOneThreadEach) {
  EXPECT_EQ(thread_count({.cores = 2, .ranks_on_host = 5}), 1);
}

TEST(HostThreads, TheUsersNumberGoesFirst) {
  EXPECT_EQ(thread_count({.cores = 8, .ranks_on_host = 4, .omp_num_threads = "3"}), 3);
}

TEST(HostThreads, OfNestedNumbersTheOutermostCounts) {
  EXPECT_EQ(thread_count({.cores = 8, .omp_num_threads = "4,2"}), 4);
}

TEST(HostThreads, NumbersThatMakeNoSenseAreIgnored) {
  for (const char* const text : {"0", "-1", "many", "99999999999"}) {
    EXPECT_EQ(thread_count({.cores = 8, .omp_num_threads = text}), 8) << text;
  }
}

TEST(HostThreads, PartsCoverAnArrayWithoutOverlap) {
  for (const std::size_t count : {0U, 1U, 63U, 64U, 65U, 1000U}) {
    std::size_t next = 0;
    for (int thread = 0; thread < 7; ++thread) {
      const Part part = part_of(count, 8, thread, 7);
      EXPECT_EQ(part.first, next) << count;
      next = part.first + part.count;
    }
    EXPECT_EQ(next, count);
  }
}

TEST(HostThreads, PartsBeginAtWholeGrains) {
  for (int thread = 0; thread < 7; ++thread) {
    EXPECT_EQ(part_of(1000, 8, thread, 7).first % 8, 0U);
  }
}

TEST(HostThreads, SmallArraysAreWorthOneThread) { EXPECT_EQ(threads_for(32 << 10, 8), 1); }

TEST(HostThreads, LargeArraysAreWorthAllThreads) { EXPECT_EQ(threads_for(64 << 20, 8), 8); }

TEST(HostThreads, EveryThreadOfATeamIsCalledOnce) {
  const int threads = available_threads(3);
  std::vector<std::atomic<int>> calls(static_cast<std::size_t>(threads));

  on_threads(threads, [&](int thread) { ++calls[static_cast<std::size_t>(thread)]; });

  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace shortfall

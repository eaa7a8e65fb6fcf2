// The random cycle that a chase follows.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "backends/backend.hpp"
#include "backends/host/chase.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

std::vector<ChaseLine> linked(std::size_t count) {
  std::vector<ChaseLine> lines(count);
  link_randomly(lines);
  return lines;
}

TEST(Chase, VisitsEveryLineOnce) {
  for (const std::size_t count : {1U, 2U, 3U, 64U, 1000U, 4099U}) {
    const auto lines = linked(count);
    std::set<const ChaseLine*> visited;
    for (const ChaseLine* at = lines.data(); visited.insert(at).second;) at = at->next;

    EXPECT_EQ(visited.size(), count);
    EXPECT_NO_THROW(check_cycle(lines));
  }
}

TEST(Chase, SeldomGoesToANeighbour) {
  const auto lines = linked(4096);
  int neighbours = 0;
  for (const ChaseLine& line : lines) {
    const auto distance = line.next - &line;
    neighbours += -2 <= distance && distance <= 2 ? 1 : 0;
  }

  EXPECT_LT(neighbours, 20);  // 4 expected
}

TEST(Chase, RefusesACycleThatLeavesLinesOut) {
  auto lines = linked(100);
  lines[0].next = lines[0].next->next;

  EXPECT_THROW(check_cycle(lines), Error);
}

TEST(Chase, RefusesACycleThatClosesTooEarlyOrTooLate) {
  auto lines = linked(100);
  for (ChaseLine& line : lines) {
    if (line.place == 99) line.next = &lines[5];
  }

  EXPECT_THROW(check_cycle(lines), Error);
}

TEST(Chase, RefusesLinksOutOfItsMemory) {
  auto lines = linked(100);
  lines[0].next = nullptr;

  EXPECT_THROW(check_cycle(lines), Error);
}

TEST(Chase, OfALoadTakesOneStepInSoMany) {
  EXPECT_EQ(iterations_per_call(Chase{1_MiB}), Chase::steps);
}

TEST(Chase, WithoutLoadsWouldNotPass) {
  for (double bytes = 2048; bytes <= 1 << 30; bytes *= 2) {
    const auto want = expected(Chase{{bytes}}, {}, {});
    ASSERT_TRUE(want);
    EXPECT_NE(std::get<Constant>(want->shape).value, 0) << bytes;
  }
}

}  // namespace
}  // namespace shortfall

// The random cycle that a GPU chases along: made and checked by many threads that know nothing of
// each other.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/chase_body.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

class Cycle : public testing::Test {
 protected:
  ChaseTask linked(std::size_t count) {
    links_.assign(count, {});
    const ChaseTask task{links_.data(), count};
    launch_linking(task, &state_, stream_.handle());
    wait(stream_, nullptr, {60});
    return task;
  }

  unsigned wrong_links(const ChaseTask& task) {
    unsigned wrong = 0;
    launch_link_check(task, &wrong, stream_.handle());
    wait(stream_, nullptr, {60});
    return wrong;
  }

  std::vector<ChaseLink> links_;
  ChaseState state_{};
  CudaStream stream_{1};
};

TEST_F(Cycle, VisitsEveryLineOnce) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 64U, 1000U, 4099U, 65536U}) {
    linked(count);
    std::set<const ChaseLink*> visited;
    for (const ChaseLink* at = state_.at; visited.insert(at).second;) at = at->next;

    EXPECT_EQ(visited.size(), count);
    EXPECT_EQ(visited.size(), links_.size());
  }
}

TEST_F(Cycle, IsFoundRight) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 64U, 1000U, 4099U}) {
    EXPECT_EQ(wrong_links(linked(count)), 0U) << count;
  }
}

TEST_F(Cycle, SeldomGoesToANeighbour) {
  linked(4096);
  int neighbours = 0;
  for (const ChaseLink& line : links_) {
    const auto distance = line.next - &line;
    neighbours += -2 <= distance && distance <= 2 ? 1 : 0;
  }

  EXPECT_LT(neighbours, 20);  // 4 expected
}

// 64 lines are 4 KiB: a page that hardware may fetch ahead.
TEST_F(Cycle, SeldomStaysInAPage) {
  linked(1U << 16U);
  int near = 0;
  for (const ChaseLink& line : links_) {
    const auto from = &line - links_.data(), to = line.next - links_.data();
    near += from / 64 == to / 64 ? 1 : 0;
  }

  EXPECT_LT(near, 200);  // 64 expected
}

TEST_F(Cycle, ThatLeavesALineOutIsFound) {
  const ChaseTask task = linked(100);
  links_[0].next = links_[0].next->next;

  EXPECT_EQ(wrong_links(task), 1U);
}

TEST_F(Cycle, ThatClosesTooEarlyIsFound) {
  const ChaseTask task = linked(100);
  for (ChaseLink& line : links_) {
    if (line.place == 60) line.next = state_.at;
  }

  EXPECT_EQ(wrong_links(task), 1U);
}

TEST_F(Cycle, ThatIsTurnedIsFound) {
  const ChaseTask task = linked(100);
  for (ChaseLink& line : links_) line.place = (line.place + 1) % 100;

  EXPECT_EQ(wrong_links(task), 1U);
}

TEST_F(Cycle, ThatLeavesItsMemoryIsFoundAndNotFollowed) {
  const ChaseTask task = linked(100);
  links_[7].next = nullptr;
  links_[8].next = links_.data() + 100;
  links_[9].next =
      reinterpret_cast<const ChaseLink*>(reinterpret_cast<const char*>(task.links) + 8);

  EXPECT_EQ(wrong_links(task), 3U);
}

TEST_F(Cycle, IsFollowedFromWhereTheLastCallStopped) {
  const ChaseTask task = linked(1000);
  double moved = 0;
  for (std::uint64_t call = 1; call <= 5; ++call) {
    launch_chase(task, 16 * links_at_once, ChaseLoads::cached, &state_, &moved, stream_.handle());
    wait(stream_, nullptr, {60});

    EXPECT_EQ(moved, 256);
    EXPECT_EQ(state_.place, 256 * call % 1000);
    EXPECT_EQ(state_.at->place, state_.place);
  }
}

}  // namespace
}  // namespace shortfall::cuda

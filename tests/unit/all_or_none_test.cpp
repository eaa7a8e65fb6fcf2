// What ranks prepare together: who refuses, who hears of it, and in which words.
#include "backends/all_or_none.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "tests/unit/fakes.hpp"

namespace shortfall {
namespace {

using Answer = std::optional<Unsupported>;

// What each of three ranks hears of what they do; of whoever throws, what it throws.
std::vector<std::string> heard(const std::function<Answer(int rank)>& each) {
  std::vector<std::string> all(3);
  fake::Job(3).run([&](World& world) {
    std::string& mine = all[static_cast<std::size_t>(world.rank())];
    try {
      const Answer no = all_or_none(world, [&] { return each(world.rank()); });
      mine = no ? no->reason : "all";
    } catch (const Error& e) {
      mine = std::string("thrown: ") + e.what();
    }
  });
  return all;
}

TEST(AllOrNone, GoesOnWhereAllRanksCan) {
  EXPECT_EQ(heard([](int) { return Answer(); }), (std::vector<std::string>(3, "all")));
}

TEST(AllOrNone, NamesTheOneRankThatCannot) {
  const auto answers = heard([](int rank) { return rank == 1 ? Answer(Unsupported{"too old"}) : Answer(); });

  for (const std::string& answer : answers) {
    EXPECT_TRUE(answer.starts_with("rank 1 on ") && answer.ends_with(": too old")) << answer;
  }
}

TEST(AllOrNone, NamesNobodyWhereAllRefuseAlike) {
  EXPECT_EQ(heard([](int) { return Answer(Unsupported{"unknown"}); }),
            (std::vector<std::string>(3, "unknown")));
}

TEST(AllOrNone, TakesLackOfMemoryAsARefusal) {
  const auto answers = heard([](int rank) -> Answer {
    if (rank == 2) throw OutOfMemory("allocate", "out of memory");
    return std::nullopt;
  });

  for (const std::string& answer : answers) EXPECT_TRUE(answer.starts_with("rank 2 on ")) << answer;
}

TEST(AllOrNone, ThrowsAgainOnWhoeverThrewAndBlamesItRatherThanThoseThatFollow) {
  const auto answers = heard([](int rank) -> Answer {
    if (rank == 1) throw Forsaken("wait", "another rank has failed");
    if (rank == 2) throw Error("register", "no");
    return std::nullopt;
  });

  EXPECT_TRUE(answers[0].starts_with("rank 2 on ")) << answers[0];
  EXPECT_TRUE(answers[1].starts_with("thrown: wait: ")) << answers[1];
  EXPECT_TRUE(answers[2].starts_with("thrown: register: no")) << answers[2];
}

}  // namespace
}  // namespace shortfall

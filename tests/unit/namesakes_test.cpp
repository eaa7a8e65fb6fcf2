// Hosts of one name.
#include "diagnosis/namesakes.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

TEST(Namesakes, AreHostsThatStartedAtDifferentTimes) {
  const auto found = namesakes({"localhost", "localhost", "localhost", "node7", "node7"},
                               {"a", "b", "c", "d", "d"});

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "hosts_of_one_name");
  EXPECT_EQ(found[0].severity, Finding::Severity::warn);
  EXPECT_EQ(found[0].host, "localhost");
  EXPECT_EQ(found[0].value, 3);
  EXPECT_NE(found[0].reason.find("3 hosts have the name localhost"), std::string::npos);
}

TEST(Namesakes, AreNotContainersOfOneHostNorHostsThatDoNotTell) {
  EXPECT_TRUE(namesakes({"pod1", "pod2", "pod1"}, {"a", "a", "a"}).empty());
  EXPECT_TRUE(namesakes({"node1", "node1", "node1"}, {"a", "", "a"}).empty());
  EXPECT_TRUE(namesakes({}, {}).empty());
}

}  // namespace
}  // namespace shortfall

#include "harness/expansion.hpp"

#include <gtest/gtest.h>

#include "core/round_words.hpp"

namespace shortfall {
namespace {

using Entries = std::vector<Params::Entry>;

Plan plan_of(const std::string& benchmark, Entries entries) {
  Plan plan;
  plan.cases = {{benchmark, Params(std::move(entries))}};
  return plan;
}

std::vector<std::string> words_of(const std::string& axis, Plan plan, const JobExtent& job) {
  expand(plan, job);
  std::vector<std::string> words;
  for (const Case& which : plan.cases) words.push_back(which.params.text(axis));
  return words;
}

std::vector<std::string> groups_of(Plan plan, const HostOfRank& hosts) {
  return words_of("group", std::move(plan), {.hosts = hosts});
}

std::string reason_of(Plan plan, const JobExtent& job) {
  expand(plan, job);
  return plan.cases.empty() && plan.excluded.size() == 1 ? plan.excluded[0].reason : "";
}

const HostOfRank one_of_each_host{0, 1, 2, 3, 4, 5, 6, 7};
const HostOfRank two_of_each_host{0, 0, 1, 1, 2, 2};

TEST(Expansion, OfEveryHostsPairsAreAsManyAsItsRanksHoweverManyHosts) {
  Plan plan = plan_of("peer_copy", {{"bytes", 8}, {"group", "every_pair"}});
  plan.cases.push_back({"product", Params(Entries{{"group", "all"}})});

  expand(plan, {.hosts = {0, 0, 0, 1, 1, 2, 2, 2}});

  ASSERT_EQ(plan.cases.size(), 7U);
  EXPECT_EQ(plan.cases[0].key(), "peer_copy/bytes=8,group=within_host_0-1");
  EXPECT_EQ(plan.cases[5].key(), "peer_copy/bytes=8,group=within_host_2-1");
  EXPECT_EQ(plan.cases[6].key(), "product/group=all");
  EXPECT_TRUE(plan.excluded.empty());
}

TEST(Expansion, WhatIsNoneIsLeftOutWithTheReason) {
  EXPECT_EQ(reason_of(plan_of("peer_copy", {{"group", "every_pair"}}), {.hosts = {0, 1, 2}}),
            "no host has two ranks");
  EXPECT_EQ(reason_of(plan_of("send_recv", {{"group", "rounds"}}), {.hosts = {0}}),
            "a rank alone has no partner");
  for (const HostOfRank& hosts : {HostOfRank{0, 0, 0, 0}, HostOfRank{0, 1, 2}}) {
    EXPECT_EQ(reason_of(plan_of("send_recv", {{"group", "cross_rounds"}}), {.hosts = hosts}),
              "there are no two hosts of several ranks each");
  }
}

TEST(Expansion, TheFirstRoundsAreThreeHoweverManyRanks) {
  const Plan plan = plan_of("send_recv", {{"group", "rounds"}});
  EXPECT_EQ(groups_of(plan, one_of_each_host),
            (std::vector<std::string>{"round_1", "round_2", "round_3"}));
  EXPECT_EQ(groups_of(plan, {0, 0}), std::vector<std::string>{"round_1"});
  EXPECT_EQ(groups_of(plan, {0, 1, 2}),
            (std::vector<std::string>{"round_1", "round_2", "round_3"}));
  EXPECT_EQ(groups_of(plan, two_of_each_host).size(), 3U) << "hosts are matched";
}

TEST(Expansion, EveryRoundIsAsManyAsEverybodyHasPartners) {
  const Plan plan = plan_of("send_recv", {{"group", "every_round"}});
  EXPECT_EQ(groups_of(plan, one_of_each_host).size(), 7U);
  EXPECT_EQ(groups_of(plan, {0, 0, 0, 0, 0}).size(), 5U);
}

TEST(Expansion, WhatGoesOneWayGoesBackToo) {
  Entries entries{{"direction", "one_way"}, {"group", "rounds"}};
  EXPECT_EQ(groups_of(plan_of("rdma_rounds", entries), {0, 1}),
            (std::vector<std::string>{"round_1", "round_1_back"}));
  entries[0].second = "both_ways";
  EXPECT_EQ(groups_of(plan_of("rdma_rounds", entries), {0, 1}),
            std::vector<std::string>{"round_1"});
}

TEST(Expansion, AcrossGoesToTheNextNumberOrToEveryOther) {
  EXPECT_EQ(groups_of(plan_of("send_recv", {{"group", "cross_rounds"}}), two_of_each_host),
            (std::vector<std::string>{"round_1_cross_1", "round_2_cross_1", "round_3_cross_1"}));
  EXPECT_EQ(groups_of(plan_of("send_recv", {{"group", "every_cross_round"}}), {0, 0, 0, 1, 1, 1}),
            (std::vector<std::string>{"round_1_cross_1", "round_1_cross_2"}));
}

TEST(Expansion, WhatWasAlsoAskedForByNameComesOnce) {
  Plan plan = plan_of("send_recv", {{"group", "rounds"}});
  plan.cases.push_back({"send_recv", Params(Entries{{"group", "round_1"}})});
  EXPECT_EQ(groups_of(plan, {0, 1}), std::vector<std::string>{"round_1"});
}

TEST(Expansion, EveryAdapterIsEachThatAllHostsHave) {
  const JobExtent job{.hosts = {0, 1}, .fewest_ports = 2, .most_ports = 2};
  const Plan every = plan_of("rdma_bandwidth", {{"nics", "every"}, {"group", "pairs"}});
  const Plan pairs = plan_of("rdma_bandwidth", {{"nics", "every_pair"}, {"group", "pairs"}});
  const Plan loops = plan_of("rdma_loopback", {{"nics", "every_pair"}, {"group", "all"}});
  EXPECT_EQ(words_of("nics", every, job), (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(words_of("nics", pairs, job), (std::vector<std::string>{"0", "0..1", "1..0", "1"}));
  EXPECT_EQ(words_of("nics", loops, job), (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(reason_of(every, {.hosts = {0, 1}}),
            "the survey of hosts saw no active port of an RDMA adapter");
}

TEST(Expansion, AdaptersThatSomeHostsLackAreToldToBeLeftOut) {
  Plan plan = plan_of("rdma_bandwidth", {{"nics", "every"}, {"group", "pairs"}});

  expand(plan, {.hosts = {0, 1}, .fewest_ports = 7, .most_ports = 8});

  EXPECT_EQ(plan.cases.size(), 7U);
  ASSERT_EQ(plan.excluded.size(), 1U);
  EXPECT_EQ(plan.excluded[0].key, "rdma_bandwidth/nics=every");
  EXPECT_NE(plan.excluded[0].reason.find("adapters 7 to 7 are left out"), std::string::npos);
}

TEST(Expansion, GroupsAndAdaptersAreCombined) {
  const Plan plan = plan_of("rdma_bandwidth", {{"nics", "every"}, {"group", "rounds"}});
  const JobExtent job{.hosts = {0, 1, 2}, .fewest_ports = 2, .most_ports = 2};
  EXPECT_EQ(words_of("group", plan, job).size(), 6U);
}

}  // namespace
}  // namespace shortfall

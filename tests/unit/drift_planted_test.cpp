// A cluster of 64 hosts with planted differences: each is found once, and nothing else.
#include <gtest/gtest.h>

#include <set>

#include "diagnosis/drift.hpp"
#include "diagnosis/links.hpp"
#include "faulty_cluster.hpp"

namespace shortfall {
namespace {

TEST(PlantedDrift, FindsEveryPlantedDifferenceOnceAndNothingElse) {
  std::multiset<std::string> expected, found;
  std::size_t host = 5;
  for (const Planted& fault : all_faults()) {
    expected.insert(fmt::format("node{:05} {} {} {} {}", host, fault.attribute, fault.value,
                                fault.majority, static_cast<int>(fault.kind)));
    host += 2;
  }

  for (const Drift& d : drift_of(faulty_cluster())) {
    found.insert(fmt::format("{} {} {} {} {}", d.host, d.attribute, d.value, d.majority,
                             static_cast<int>(d.kind)));
  }

  EXPECT_EQ(found, expected);
}

TEST(PlantedDrift, TellsEachPlantedDifferenceByOneFindingThatNamesItsHost) {
  Machine machine;
  machine.hosts = faulty_cluster();
  machine.drift = drift_of(machine.hosts);
  std::multiset<std::string> expected, found;
  for (std::size_t i = 0; i < all_faults().size(); ++i) {
    expected.insert(fmt::format("node{:05}", 5 + 2 * i));
  }

  const auto findings = drift_findings(machine.drift);

  for (const Finding& f : findings) {
    found.insert(f.host);
    EXPECT_FALSE(f.action.empty()) << f.metric;
  }
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(degraded_links(machine).empty()) << "what drift says of a link is not said twice";
}

}  // namespace
}  // namespace shortfall

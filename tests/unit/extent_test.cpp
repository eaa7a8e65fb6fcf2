// How many adapters the words for several of them stand for.
#include "app/extent.hpp"

#include <gtest/gtest.h>

#include "fakes.hpp"
#include "made_up_cluster.hpp"

namespace shortfall {
namespace {

TEST(Extent, CountsThePortsThatVerbsCanUse) {
  Machine machine;
  machine.hosts = made_up_cluster(2);
  std::vector<Nic>& nics = machine.hosts[1].nics;
  nics[0].node_type = "RNIC";
  nics[1].ports[0].link_layer = "Unspecified";  // EFA
  nics[2].verbs_refusal = "Permission denied";
  nics[3].ports[0].state = "DOWN";
  fake::Job job(2);

  const JobExtent extent = extent_of(fake::Job::Rank(job, 0), machine);

  EXPECT_EQ(extent.fewest_ports, 6);
  EXPECT_EQ(extent.most_ports, 10);
}

}  // namespace
}  // namespace shortfall

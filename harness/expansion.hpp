// Words of a case that stand for several cases, as many as the job is large.
#pragma once

#include "harness/plan.hpp"

namespace shortfall {

struct JobExtent {
  HostOfRank hosts;
  // Active ports of RDMA adapters that verbs can use: of the host that has fewest and of the one
  // that has most, among those that have any.
  int fewest_ports = 0, most_ports = 0;
};

// Puts in the place of
// - group=every_pair a case of each ordered pair of ranks of a host, so many as the host with most
//   ranks has, however many hosts there are;
// - group=rounds and its like a case of each of these rounds, and where messages go one way another
//   one of the way back;
// - nics=every a case of each adapter that all hosts have, nics=every_pair of each two of them.
// Where there is none, the case is left out with the reason.
void expand(Plan& plan, const JobExtent& job);

}  // namespace shortfall

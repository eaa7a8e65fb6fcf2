// Where a rank stands among the others of its host: what ranks share they take in turn.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "backends/world.hpp"

namespace shortfall {

struct PlaceOnHost {
  int on_host = 0;  // its number among the ranks of its host
  int node = -1;    // NUMA node on which its process runs; -1: not told
  int on_node = 0;  // its number among the ranks of that node: launchers spread ranks over nodes
  friend bool operator==(const PlaceOnHost&, const PlaceOnHost&) = default;
};

// By rank of the job: its host, and the node on which it runs.
PlaceOnHost place_of(int rank, const std::vector<std::string>& hosts, std::span<const int> nodes);

// This rank's, as it runs now. Collective over the job.
PlaceOnHost place_on_host(World& job);

}  // namespace shortfall

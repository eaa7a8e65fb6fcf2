#include "diagnosis/rdma/readiness.hpp"

#include <algorithm>
#include <iterator>

namespace shortfall {

std::vector<Finding> rdma_readiness(const Machine& machine) {
  std::vector<Finding> all;
  for (auto more : {ports_below_their_kind(machine), unsuited_gids(machine),
                    rdma_out_of_reach(machine), missing_peer_memory(machine)}) {
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

}  // namespace shortfall

#include "diagnosis/machine.hpp"

#include <algorithm>
#include <array>

#include "diagnosis/binding.hpp"
#include "diagnosis/counters.hpp"
#include "diagnosis/drift/drift.hpp"
#include "diagnosis/links.hpp"
#include "diagnosis/rdma/readiness.hpp"
#include "diagnosis/surroundings.hpp"

namespace shortfall {

std::vector<Finding> machine_findings(const Machine& machine) {
  std::vector<Finding> all = drift_findings(machine.drift);
  for (auto more :
       {degraded_links(machine), binding_findings(machine), occupied_hosts(machine),
        tight_limits(machine), rdma_readiness(machine), grown_errors(machine.counters)}) {
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

bool is_of_machine(std::string_view kind) {
  constexpr std::array<std::string_view, 20> kinds{
      "drift",         "missing_device", "degraded_link",   "uneven_ranks",       "shared_core",
      "far_from_gpu",  "far_from_nic",   "all_on_one_core", "occupied",           "limited",
      "error_counter", "link_flapped",   "memory_errors",   "pcie_errors",        "unroutable_gid",
      "roce_v1_only",  "no_rdma_access", "no_rdma_device",  "unsuited_gid_index", "no_peer_memory"};
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace shortfall

#include "model/what_if_hosts.hpp"

#include <algorithm>
#include <functional>

namespace shortfall {

std::vector<WhatIf> without_hosts(const TrainingRun& run, const SystemModel& system) {
  const Seconds before = predicted_step(run, system);
  std::vector<WhatIf> all;
  for (const auto& [host, speedup, spread, slowest] : system.hosts) {
    SystemModel others = with_more(system, Resource::compute, speedup);
    others.spread = spread;
    others.slowest = slowest;
    const Seconds step = predicted_step(run, others);
    all.push_back({.id = "without_host_" + host,
                   .change = "without host " + host,
                   .step = step,
                   .faster = 1 - step / before,
                   .causal_mfu = mfu_at(run, system, step).causal});
  }
  std::ranges::stable_sort(all, std::greater<>(), &WhatIf::faster);
  return all;
}

}  // namespace shortfall

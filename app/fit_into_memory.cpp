#include "app/fit_into_memory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

void fit_into_memory(Plan& plan, const RunOptions& options, const Machine& machine,
                     const HostOfRank& hosts, const std::vector<Benchmark>& all) {
  const Host& host = *std::ranges::min_element(machine.hosts, {}, &Host::memory_available);
  std::erase_if(plan.cases, [&](const Case& which) {
    const Bytes wanted =
        memory_of(which, benchmark_named(which.benchmark, all), hosts) * host.ranks;
    if (wanted <= host.memory_available * 0.9) return false;
    const auto why =
        fmt::format("{} ranks on {} would need {}, {} are free", host.ranks, host.name,
                    scaled(wanted.value, "B"), scaled(host.memory_available.value, "B"));
    if (options.request.sizes || !options.request.sets.empty())
      throw BadUsage(which.key() + ": " + why);
    plan.excluded.push_back({which.key(), why});
    return true;
  });
}

}  // namespace shortfall

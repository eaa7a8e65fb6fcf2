#include "app/budget.hpp"

#include <algorithm>

namespace shortfall {

std::optional<Seconds> total_budget(const RunOptions& options) {
  if (options.budget) return options.budget;
  if (options.request.profile == Profile::quick) return Seconds{24};
  if (options.request.profile == Profile::standard) return Seconds{200};
  return std::nullopt;
}

Effort effort_of_case(const RunOptions& options, World& world, Seconds begun,
                      std::size_t cases_left) {
  Effort effort{.samples = options.samples, .patience = options.case_timeout, .seed = options.seed};
  effort.budget = {options.request.profile == Profile::full ? 4.0 : 1.0};
  if (const auto total = total_budget(options)) {
    const Seconds left = *total - (world.now() - begun);
    constexpr Seconds least{0.1};  // what slow cases have overspent is not taken from quick ones
    const Seconds share = std::max(left / static_cast<double>(cases_left), least);
    effort.budget = options.budget ? share : std::min(share, effort.budget);
  }
  if (options.budget) effort.search = effort.budget;
  effort.budget = broadcast(world, effort.budget);
  return effort;
}

}  // namespace shortfall

#include "model/plan/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "model/plan/fit.hpp"

namespace shortfall {
namespace {

constexpr std::size_t between_reports = 512;  // candidates

struct Found {
  Choice choice;
  Recompute recompute = Recompute::none;
  Bytes needed;
  Seconds step;
};

using WaysOfGpus = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

WaysOfGpus ways_of_gpus(const Split& split) {
  return {split.tensor, split.pipeline, split.context, split.experts};
}

// Of the plans of one search, no two have the same.
std::string name_of(const Split& split) {
  return fmt::format("plan-tp{}-pp{}-cp{}-ep{}", split.tensor, split.pipeline, split.context,
                     split.experts);
}

Bytes room_on(const SystemModel& system) { return system.device.memory_size * share_for_a_run; }

// An unknown size holds everything.
bool has_room(Bytes needed, Bytes room) { return room.value <= 0 || needed <= room; }

class Search {
 public:
  Search(const TrainingRun& run, const SystemModel& system, const SearchEffort& effort)
      : tried_(run), system_(system), effort_(effort) {
    all_.available = room_on(system);
  }

  void look_at(const Choice& choice, const std::vector<Recompute>& recomputes) {
    choice.apply_to(tried_);
    bool is_surpassed = false;
    for (const Recompute recompute : recomputes) {
      tried_.recompute = recompute;
      ++all_.candidates;
      const Bytes needed = fullest_stage(tried_);
      all_.smallest = std::min(all_.smallest.value_or(needed), needed);
      if (!has_room(needed, all_.available)) continue;
      ++all_.fit;
      // Who recomputes less and fits is done sooner.
      if (is_surpassed && !effort_.prices_all) continue;
      is_surpassed = true;
      price({choice, recompute, needed, {}});
    }
  }

  PlanSearch take() && {
    std::vector<Found> sorted;
    for (const auto& [ways, found] : best_of_) sorted.push_back(found);
    std::ranges::stable_sort(sorted, {}, &Found::step);
    if (sorted.size() > effort_.plans) sorted.resize(effort_.plans);
    for (const Found& found : sorted) all_.best.push_back(plan_of(found));
    return std::move(all_);
  }

 private:
  void price(Found found) {
    ++all_.priced;
    found.step = predicted_step(tried_, system_);
    const auto [place, is_new] = best_of_.try_emplace(ways_of_gpus(found.choice.split), found);
    if (!is_new && found.step < place->second.step) place->second = found;
  }

  SplitPlan plan_of(const Found& found) {
    found.choice.apply_to(tried_);
    tried_.recompute = found.recompute;
    tried_.id = name_of(found.choice.split);
    return {tried_, found.needed, predict(tried_, system_)};
  }

  TrainingRun tried_;
  const SystemModel& system_;
  const SearchEffort& effort_;
  PlanSearch all_;
  std::map<WaysOfGpus, Found> best_of_;
};

// Beyond the domain of scale-up links a layer's exchanges go over NICs, where what hides them
// (userbuffers of Transformer Engine) does not work: tensor parallelism stays within it, and twice
// its ranks are looked at only where nothing else fits.
std::int64_t within_domain(const SystemModel& system) { return system.scale_up_ranks; }
std::int64_t beyond_domain(const SystemModel& system) { return 2 * system.scale_up_ranks; }

bool fits_somehow(TrainingRun run, const SystemModel& system) {
  const std::vector<Recompute> recomputes = recomputes_for(run);
  for (const Choice& choice : choices_for(run, beyond_domain(system))) {
    choice.apply_to(run);
    for (const Recompute recompute : recomputes) {
      run.recompute = recompute;
      if (has_room(fullest_stage(run), room_on(system))) return true;
    }
  }
  return false;
}

PlanSearch search_among(const std::vector<Choice>& choices, const TrainingRun& run,
                        const SystemModel& system, const SearchProgress& progress,
                        const SearchEffort& effort) {
  const std::vector<Recompute> recomputes = recomputes_for(run);
  Search search(run, system, effort);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i % between_reports == 0) {
      progress(i * recomputes.size(), choices.size() * recomputes.size());
    }
    search.look_at(choices[i], recomputes);
  }
  return std::move(search).take();
}

}  // namespace

PlanSearch search_plans(const TrainingRun& run, const SystemModel& system,
                        const SearchProgress& progress, const SearchEffort& effort) {
  TrainingRun planned = run;
  planned.measured.reset();  // that was another split
  PlanSearch found =
      search_among(choices_for(planned, within_domain(system)), planned, system, progress, effort);
  if (!found.best.empty()) return found;
  return search_among(choices_for(planned, beyond_domain(system)), planned, system, progress,
                      effort);
}

std::optional<std::int64_t> gpus_that_fit(TrainingRun run, const SystemModel& system) {
  constexpr int doublings = 10;
  for (int i = 0; i < doublings; ++i) {
    run.gpus *= 2;
    if (fits_somehow(run, system)) return run.gpus;
  }
  return std::nullopt;
}

std::optional<std::int64_t> gpus_that_split(TrainingRun run, const SystemModel& system) {
  const std::int64_t wanted = run.gpus;
  const auto can_split = [&](std::int64_t gpus) {
    run.gpus = gpus;
    return !choices_for(run, beyond_domain(system)).empty();
  };
  for (std::int64_t step = 1; step <= wanted; step *= 2) {
    if (can_split(wanted / step * step)) return run.gpus;
  }
  for (std::int64_t gpus = wanted / 2; gpus > 0; gpus /= 2) {
    if (can_split(gpus)) return run.gpus;
  }
  return std::nullopt;
}

}  // namespace shortfall

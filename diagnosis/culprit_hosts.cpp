#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/statistics.hpp"
#include "core/text.hpp"
#include "diagnosis/culprits.hpp"
#include "diagnosis/measured_steps.hpp"
#include "diagnosis/rank_lag.hpp"

namespace shortfall {
namespace {

// Where ranks share a memory and a power supply.
struct Place {
  std::string host, node;  // node "" = the whole host
  friend auto operator<=>(const Place&, const Place&) = default;
};

// The node of memory that the rank's first CPU belongs to; "" = not told.
std::string node_of(const Binding& binding, const std::vector<Host>& hosts) {
  const auto host = std::ranges::find(hosts, binding.host, &Host::name);
  const std::vector<int> cpus = cpus_in(binding.set);
  if (host == hosts.end() || cpus.empty()) return "";
  for (const NumaNode& node : host->numa) {
    const std::vector<int> of_node = cpus_in(node.cpus);
    if (std::ranges::find(of_node, cpus.front()) != of_node.end()) {
      return fmt::format("NUMA node {}", node.number);
    }
  }
  return "";
}

std::vector<Place> places_of_ranks(const Report& report, bool by_node) {
  std::vector<Place> places;
  for (const Binding& binding : report.machine.bindings) {
    places.push_back({binding.host, by_node ? node_of(binding, report.machine.hosts) : ""});
  }
  return places;
}

struct SlowPlace {
  Place place;
  double over_typical = 1, others = 1;
};

// By the typical rank of each. Nothing if there is one place alone, or none stands out.
std::optional<SlowPlace> slowest_place(const std::vector<double>& over_typical,
                                       const std::vector<Place>& places, double least) {
  std::map<Place, std::vector<Seconds>> ranks;
  if (over_typical.size() != places.size()) return std::nullopt;
  for (std::size_t rank = 0; rank < places.size(); ++rank) {
    if (over_typical[rank] > 0) ranks[places[rank]].push_back({over_typical[rank]});
  }
  if (ranks.size() < 2) return std::nullopt;
  SlowPlace slowest{{}, 0, 0};
  for (const auto& [place, times] : ranks) {
    const double typical = lower_median(times).value;
    if (typical > slowest.over_typical) slowest = {place, typical, 0};
  }
  std::vector<Seconds> others;
  for (const auto& [place, times] : ranks) {
    if (place != slowest.place) others.push_back(lower_median(times));
  }
  slowest.others = lower_median(others).value;
  const bool stands_alone = slowest.over_typical > slowest.others * (1 + least);
  return stands_alone ? std::optional(slowest) : std::nullopt;
}

// Those of a training step, or else all beyond caches that were measured over and over.
std::vector<SideBySide> passes_side_by_side(const std::vector<MeasuredCase>& cases) {
  std::vector<SideBySide> of_step, others;
  for (const MeasuredCase& one : cases) {
    if (!is_usual(*one.result, "group", "all") || one.measured->per_rank.n < 2) continue;
    if (step_as<MemoryPass>(*one.result)) of_step.push_back({&one, one.typical().value});
    if (one.result->suite == Suite::memory) others.push_back({&one, one.typical().value});
  }
  return of_step.empty() ? others : of_step;
}

// Who else used the memory, where ranks are alike.
std::optional<Culprit> neighbour(const StepOnReport& step, const std::vector<SideBySide>& passes) {
  for (const SideBySide& pass : passes) {
    const auto& load = pass.of->measured->vitals.other_load_share;
    if (!load || load->value <= stands_out) continue;
    return Culprit{.host = load->host,
                   .reason = fmt::format("other processes used {:.0f} % of its CPUs while {} was "
                                         "measured; what they take of its memory is not known",
                                         100 * load->value, pass.of->result->key),
                   .mfu_without = mfu_without(step, Seconds{0})};
  }
  return std::nullopt;
}

std::optional<Culprit> slow_gpu(const StepOnReport& step, Seconds computing) {
  for (const SideBySide& product : products_side_by_side(step.cases)) {
    const auto& device = product.of->measured->vitals.device;
    if (!device || !device->measured_clock) continue;
    const auto& [median, worst] = *device->measured_clock;
    if (!(worst.value > 0) || worst.value >= median * (1 - clock_stands_out)) continue;
    const auto& bindings = step.report.machine.bindings;
    const auto binding = std::ranges::find(bindings, worst.rank, &Binding::rank);
    return Culprit{.rank = worst.rank,
                   .host = worst.host,
                   .device = binding == bindings.end() ? "" : binding->gpu,
                   .reason = fmt::format("its clock is {}, that of the median GPU {}",
                                         scaled(worst.value, "Hz"), scaled(median, "Hz")),
                   .mfu_without = mfu_without(step, computing * (median / worst.value - 1))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Culprit> slow_memory(const StepOnReport& step, Seconds lost) {
  const auto passes = passes_side_by_side(step.cases);
  const bool by_node = step.report.machine.hosts.size() == 1;
  const auto slow =
      slowest_place(over_typical(passes), places_of_ranks(step.report, by_node), stands_out);
  if (!slow) return neighbour(step, passes);
  return Culprit{.host = slow->place.host,
                 .device = slow->place.node,
                 .reason = fmt::format("passes over its memory take {:.3g} % longer than elsewhere",
                                       100 * (slow->over_typical / slow->others - 1)),
                 .mfu_without = mfu_without(step, lost * (slow->over_typical - slow->others))};
}

std::optional<Culprit> slow_clock(const StepOnReport& step, Seconds computing) {
  const auto clock = std::ranges::find_if(
      step.cases, [](const MeasuredCase& one) { return one.result->benchmark == "core_clock"; });
  if (clock == step.cases.end()) return slow_gpu(step, computing);
  const auto slow = slowest_place(over_typical({{&*clock, 1}}), places_of_ranks(step.report, false),
                                  clock_stands_out);
  if (!slow) return slow_gpu(step, computing);
  return Culprit{.host = slow->place.host,
                 .reason = fmt::format("its clock is {:.3g} % lower than that of others",
                                       100 * (1 - slow->others / slow->over_typical)),
                 .mfu_without = mfu_without(step, computing * (slow->over_typical - slow->others))};
}

}  // namespace shortfall

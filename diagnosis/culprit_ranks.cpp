#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "diagnosis/culprits.hpp"
#include "diagnosis/rank_lag.hpp"

namespace shortfall {
namespace {

std::string host_of(const StepOnReport& step, int rank) {
  const auto& bindings = step.report.machine.bindings;
  const auto at = static_cast<std::size_t>(rank);  // each rank tells its own, in order
  return at < bindings.size() && bindings[at].rank == rank ? bindings[at].host : "";
}

struct Slowest {
  int rank = 0;
  double lag = 0, of_others = 0;  // over the typical rank, less one
  bool is_whole_host = false;     // others of its host are as slow
};

double most_lag(const StepOnReport& step, const std::vector<double>& over_typical,
                const auto& counts) {
  double most = 0;
  for (std::size_t rank = 0; rank < over_typical.size(); ++rank) {
    const int number = static_cast<int>(rank);
    if (counts(number, host_of(step, number))) most = std::max(most, over_typical[rank] - 1);
  }
  return most;
}

// Nothing if nobody stands out.
std::optional<Slowest> slowest_in(const StepOnReport& step,
                                  const std::vector<double>& over_typical) {
  const auto found = std::ranges::max_element(over_typical);
  if (found == over_typical.end()) return std::nullopt;
  const int slow = static_cast<int>(found - over_typical.begin());
  const std::string host = host_of(step, slow);
  Slowest slowest{slow, *found - 1};
  slowest.of_others =
      most_lag(step, over_typical, [&](int rank, const std::string&) { return rank != slow; });
  if (slowest.lag - slowest.of_others > stands_out) return slowest;
  const auto& bindings = step.report.machine.bindings;
  const bool has_others =
      std::ranges::any_of(bindings, [&](const Binding& binding) { return binding.host != host; });
  slowest.is_whole_host = true;
  slowest.of_others =
      most_lag(step, over_typical, [&](int, const std::string& other) { return other != host; });
  const bool stands_alone = has_others && slowest.lag - slowest.of_others > stands_out;
  return stands_alone ? std::optional(slowest) : std::nullopt;
}

const MeasuredCase* case_named(const StepOnReport& step, std::string_view benchmark) {
  for (const MeasuredCase& one : step.cases) {
    if (one.result->benchmark == benchmark) return &one;
  }
  return nullptr;
}

// "" = it did not.
std::string waited_for_cpu(const StepOnReport& step, int rank) {
  for (const SideBySide& product : products_side_by_side(step.cases)) {
    const auto& waited = product.of->measured->vitals.cpu_wait_share;
    if (waited && waited->rank == rank && waited->value > stands_out) {
      return fmt::format("it waited {:.0f} % of its time for a CPU that somebody else used",
                         100 * waited->value);
    }
  }
  return "";
}

std::string interrupted(const StepOnReport& step, int rank) {
  const MeasuredCase* const noise = case_named(step, "os_noise");
  if (!noise) return "";
  for (const FigureOfRanks& figure : noise->measured->figures) {
    const bool is_it = figure.name == "noise_share" && figure.rank == rank;
    if (is_it && figure.max > stands_out && figure.max > 2 * figure.median) {
      return fmt::format("it is interrupted for {:.2g} % of its time, others for {:.2g} %",
                         100 * figure.max, 100 * figure.median);
    }
  }
  return "";
}

std::string with_lower_clock(const StepOnReport& step, int rank) {
  const MeasuredCase* const clock = case_named(step, "core_clock");
  const auto number = static_cast<std::size_t>(rank);
  if (!clock || clock->measured->per_rank.all.size() <= number) return "";
  const Seconds own = clock->measured->per_rank.all[number];
  if (!(own > clock->typical() * (1 + clock_stands_out))) return "";
  return fmt::format("its clock is {}, that of the typical rank {}",
                     scaled((clock->result->work.cycles / own).value, "Hz"),
                     scaled((clock->result->work.cycles / clock->typical()).value, "Hz"));
}

std::string why(const StepOnReport& step, const Slowest& slowest) {
  for (const auto reason : {waited_for_cpu, interrupted, with_lower_clock}) {
    const std::string words = reason(step, slowest.rank);
    if (!words.empty()) return words;
  }
  return "its clock is no lower, and nothing is known that interrupts it";
}

// Nobody is slow in products.
bool is_even(const RankLag& lag) {
  return std::ranges::none_of(lag.over_typical, [](double over) { return over > 1 + stands_out; });
}

// No product alone is slow on it in most turns, yet all that it computes takes longer in every
// turn.
std::optional<Culprit> slow_rank_in_turns(const StepOnReport& step, Seconds lost) {
  const auto slow = slow_in_turns(step.cases, "training_step");
  if (!slow || !(slow->waits.after_step > stands_out)) return std::nullopt;
  return Culprit{
      .rank = slow->rank,
      .host = host_of(step, slow->rank),
      .reason = fmt::format("all that it computes in a step takes {:.3g} % longer than on "
                            "the typical rank, though most single operations do not: {}",
                            100 * slow->waits.after_step, why(step, {slow->rank})),
      .mfu_without = mfu_without(step, lost)};
}

// Of two ranks the one for which the other one waits; of more nobody tells who was late.
std::optional<Culprit> awaited_rank(const StepOnReport& step) {
  const MeasuredCase* const executed = case_named(step, "training_step");
  if (!executed || executed->measured->per_rank.n != 2) return std::nullopt;
  std::map<int, Seconds> more;  // by rank, than the other one
  for (const FigureOfRanks& figure : executed->measured->figures) {
    if (!figure.name.ends_with(".waiting_s")) continue;
    more[figure.rank] = more[figure.rank] + Seconds{figure.max - figure.min};
  }
  const Seconds waited = more[0] - more[1];
  const int late = waited > Seconds{0} ? 1 : 0;
  const Seconds time = std::max(waited, waited * -1);
  if (!(time > step.step * stands_out)) return std::nullopt;
  return Culprit{.rank = late,
                 .host = host_of(step, late),
                 .reason = fmt::format("rank {} waits {} of each step for it, though its products "
                                       "are no slower",
                                       1 - late, scaled(time.value, "s")),
                 .mfu_without = mfu_without(step, time)};
}

}  // namespace

std::optional<Culprit> slow_rank(const StepOnReport& step, Seconds lost) {
  const RankLag lag = rank_lag(step.cases, "training_step");
  const auto slowest = slowest_in(step, lag.over_typical);
  if (!slowest) {
    const auto late = is_even(lag) ? slow_rank_in_turns(step, lost) : std::nullopt;
    return late ? late : awaited_rank(step);
  }
  Culprit culprit{.host = host_of(step, slowest->rank)};
  if (!slowest->is_whole_host) culprit.rank = slowest->rank;
  culprit.reason = fmt::format("products take {:.3g} % longer than on the typical rank: {}",
                               100 * slowest->lag, why(step, *slowest));
  culprit.mfu_without = mfu_without(step, lost * (1 - slowest->of_others / slowest->lag));
  return culprit;
}

}  // namespace shortfall

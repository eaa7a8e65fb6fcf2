#include "model/limits/search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/limits/factors.hpp"

namespace shortfall {
namespace {

// In the order in which placements are enumerated.
enum Kind { data, width_model, width_ff, stages, experts, kinds };
using Totals = std::array<std::int64_t, kinds>;

// Bounds are computed in another order than times: they may be off by some last digits.
constexpr double margin = 1 - 1e-12;

Seconds network_time(const StepTime& time, double steps, bool data_first) {
  const Seconds widths = time.widths.bandwidth * steps,
                passing = time.activations.bandwidth * steps,
                gradients = time.data.bandwidth * steps;
  return data_first ? widths + gradients + passing : widths + passing + gradients;
}

// Of equally fast divisions the one that communicates less. The published search adds up the terms
// of the two sides in different orders, which decides where they differ by rounding alone.
bool wins(const Solution& one, const Solution& best, double steps) {
  if (one.duration != best.duration) return one.duration < best.duration;
  return network_time(one.time, steps, true) < network_time(best.time, steps, false);
}

// A cluster smaller than a level fills only part of it.
std::vector<std::int64_t> filled_levels(const std::vector<std::int64_t>& fan_out,
                                        std::int64_t gpus) {
  std::vector<std::int64_t> sizes;
  for (const std::int64_t size : fan_out) {
    sizes.push_back(std::min(size, gpus));
    gpus /= sizes.back();
  }
  return sizes;
}

// Divided by kind and level, with the delays that do not depend on the schedule.
struct Placed {
  Division division;
  Delay widths, data;
};

Division all_on_one_level(const Totals& totals) {
  Division division;
  division.data[0] = totals[data];
  division.widths.model[0] = totals[width_model];
  division.widths.ff[0] = totals[width_ff];
  division.stages[0] = totals[stages];
  division.experts[0] = totals[experts];
  return division;
}

// Every way of filling the levels of a network, lowest first, with work of all kinds; what is left
// is for the highest level.
class Placements {
 public:
  explicit Placements(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) {
    for (const std::int64_t size : sizes_) {
      divisors_.resize(std::max<std::size_t>(divisors_.size(), static_cast<std::size_t>(size) + 1));
      for (const std::int64_t one : divisors(size)) {
        divisors_[static_cast<std::size_t>(one)] = divisors(one);
      }
    }
  }

  void for_each(const Totals& totals, auto&& visit) const {
    std::array<LevelSplit, kinds> splits;
    splits.fill(unsplit);
    fill(0, 0, sizes_.empty() ? 1 : sizes_.front(), totals, splits, visit);
  }

 private:
  // Gives a share of `room`, the GPUs of `level` that are still free, to one kind after the other.
  void fill(std::size_t level, std::size_t kind, std::int64_t room, Totals rest,
            std::array<LevelSplit, kinds>& splits, auto&& visit) const {
    if (level == sizes_.size()) {
      for (std::size_t one = 0; one < kinds; ++one) splits[one][level] = rest[one];
      visit(splits);
    } else if (kind == kinds) {
      if (room > 1) return;
      const bool is_last = level + 1 == sizes_.size();
      fill(level + 1, 0, is_last ? 1 : sizes_[level + 1], rest, splits, visit);
    } else {
      std::int64_t others = 1;  // what later kinds can take at most
      for (std::size_t later = kind + 1; later < kinds; ++later) {
        others *= std::gcd(rest[later], room);
      }
      for (const std::int64_t here : divisors_[static_cast<std::size_t>(room)]) {
        if (rest[kind] % here != 0 || others % (room / here) != 0) continue;
        splits[kind][level] = here;
        Totals less = rest;
        less[kind] /= here;
        fill(level, kind + 1, room / here, less, splits, visit);
      }
    }
  }

  std::vector<std::int64_t> sizes_;
  std::vector<std::vector<std::int64_t>> divisors_;  // of every divisor of a size
};

class Search {
 public:
  Search(const LimitRun& run, std::int64_t gpus, Seconds limit, const Accelerator& gpu,
         const Assumptions& assumed)
      : run_(run),
        gpu_(gpu),
        assumed_(assumed),
        gpus_(gpus),
        limit_(limit),
        steps_(run.steps()),
        placements_(filled_levels(gpu.fan_out, gpus)),
        tokens_(run.batch_sequences * run.sequence),
        divisors_(divisors(tokens_ / run.model.experts)) {
    for (const NetworkLevel& level : gpu.network) all_links_ = all_links_ + level.both_ways / 2;
  }

  std::optional<Solution> result() && {
    const TrainedModel& model = run_.model;
    const std::int64_t experts_ways = std::gcd(gpus_, model.experts);
    const std::int64_t rest = gpus_ / experts_ways;
    for (const std::int64_t widths : divisors(std::gcd(rest, model.d_model * model.d_ff))) {
      for (const std::int64_t copies : divisors(std::gcd(rest / widths, tokens_))) {
        const std::int64_t stage_ways = rest / widths / copies;
        if (model.layers % stage_ways != 0) continue;
        if (!fits_memory(model, static_cast<double>(gpus_), static_cast<double>(copies), gpu_,
                         assumed_)) {
          continue;
        }
        try_widths(widths, {copies, 1, 1, stage_ways, experts_ways});
      }
    }
    return std::move(best_);
  }

 private:
  void try_widths(std::int64_t widths, Totals totals) {
    const std::vector<Division> schedules = schedules_of(totals);
    const auto root = static_cast<std::int64_t>(std::sqrt(static_cast<long double>(widths)));
    for (const std::int64_t ff : divisors(widths)) {
      if (ff < root || ff > 4 * root) continue;
      if (run_.model.d_model % (widths / ff) != 0 || run_.model.d_ff % ff != 0) continue;
      totals[width_model] = widths / ff;
      totals[width_ff] = ff;
      std::optional<std::vector<Placed>> placed;  // the same for all schedules
      for (const Division& schedule : schedules) try_schedule(schedule, totals, placed);
    }
  }

  // The four smallest numbers of micro-batches that fill the pipeline, and the smallest that fills
  // it without a bubble.
  std::vector<Division> schedules_of(const Totals& totals) const {
    constexpr std::size_t most = 4;
    const std::int64_t stage_ways = totals[stages];
    const std::int64_t tokens = tokens_ / (run_.model.experts * totals[data]);
    std::vector<Division> found;
    const auto add = [&](std::int64_t least, std::size_t count, std::int64_t interleave,
                         bool zero_bubble) {
      for (auto one = std::ranges::lower_bound(divisors_, least);
           one != divisors_.end() && count > 0; ++one) {
        if (tokens % *one != 0) continue;
        found.push_back(
            {.micro_batches = *one, .interleave = interleave, .zero_bubble = zero_bubble});
        --count;
      }
    };
    add(stage_ways, most, stage_ways > 1 ? run_.model.layers / stage_ways : 1, false);
    add(2 * stage_ways, 1, 1, true);
    return found;
  }

  void try_schedule(const Division& schedule, const Totals& totals,
                    std::optional<std::vector<Placed>>& placed) {
    Division division = all_on_one_level(totals);
    division.micro_batches = schedule.micro_batches;
    division.interleave = schedule.interleave;
    division.zero_bubble = schedule.zero_bubble;
    const std::int64_t tokens = micro_batch_tokens(run_, division);
    if (tokens == 0) return;
    StepTime time{.widths = {.bandwidth = least_width_time(totals)},
                  .data = {.bandwidth = least_data_time(totals)},
                  .bubble = idle_share(division)};
    time.products = products_of_step(run_, division, least_layer_time(totals, tokens));
    if (is_hopeless(time, division)) return;
    time.products = products_of_step(
        run_, division,
        layer_time(run_.model, totals[width_model], totals[width_ff], tokens, gpu_, assumed_));
    if (is_hopeless(time, division)) return;
    if (!placed) placed = all_placed(totals);
    for (const Placed& one : *placed) try_placed(one, division, time);
  }

  // Six products, at the sustained rate or as slow as their start.
  Seconds least_layer_time(const Totals& totals, std::int64_t tokens) const {
    const double area = static_cast<double>(run_.model.d_model / totals[width_model]) *
                        static_cast<double>(run_.model.d_ff / totals[width_ff]);
    const Flops flop{2 * area * static_cast<double>(tokens)};
    return (flop / gpu_.sustained() + gpu_.product_latency) * 6;
  }

  // Whether the run takes too long even if what is not yet known of `parts` took no time.
  bool is_hopeless(const StepTime& parts, const Division& division) const {
    return combined(parts, division, run_.habits) * steps_ * margin > limit_;
  }

  // However the words are spread over the levels, the slowest level is no faster than all together.
  Seconds over_all_links(double words) const {
    return Bytes{words * gpu_.word_bytes()} / (all_links_ * static_cast<double>(gpus_));
  }
  Seconds least_width_time(const Totals& totals) const {
    const TrainedModel& model = run_.model;
    const double words =
        static_cast<double>(totals[width_model] - 1) * static_cast<double>(model.d_ff) +
        static_cast<double>(totals[width_ff] - 1) * static_cast<double>(model.d_model);
    return over_all_links(2 * words * 2 * static_cast<double>(model.layers) * run_.batch_tokens());
  }
  Seconds least_data_time(const Totals& totals) const {
    return over_all_links(2 * static_cast<double>(totals[data] - 1) *
                          static_cast<double>(run_.model.parameters()));
  }

  // Without those whose network alone takes too long.
  std::vector<Placed> all_placed(const Totals& totals) const {
    std::vector<Placed> found;
    Placed one{.division = {.zero_bubble = true}};
    StepTime network;
    placements_.for_each(totals, [&](const std::array<LevelSplit, kinds>& splits) {
      one.division.data = splits[data];
      one.division.widths = {splits[width_model], splits[width_ff]};
      one.division.stages = splits[stages];
      one.division.experts = splits[experts];
      network.widths = one.widths = width_delay(run_, one.division, gpu_);
      network.data = one.data = data_delay(run_, one.division, gpu_);
      if (!is_hopeless(network, one.division)) found.push_back(one);
    });
    return found;
  }

  void try_placed(const Placed& placed, const Division& schedule, StepTime time) {
    time.widths = placed.widths;
    time.data = placed.data;
    if (is_hopeless(time, schedule)) return;
    Division division = placed.division;
    division.micro_batches = schedule.micro_batches;
    division.interleave = schedule.interleave;
    division.zero_bubble = schedule.zero_bubble;
    time.activations = activation_delay(run_, division, gpu_);
    time.arithmetic = arithmetic_time(run_, static_cast<double>(gpus_), gpu_);
    time.step = combined(time, division, run_.habits);
    const Solution one{division, time, time.step * steps_};
    if (best_ ? !wins(one, *best_, steps_) : one.duration >= limit_) return;
    limit_ = one.duration;
    best_ = one;
  }

  const LimitRun& run_;
  const Accelerator& gpu_;
  const Assumptions& assumed_;
  std::int64_t gpus_;
  Seconds limit_;
  double steps_;
  Placements placements_;
  std::int64_t tokens_;
  std::vector<std::int64_t> divisors_;  // of the tokens of an expert
  Bandwidth all_links_;
  std::optional<Solution> best_;
};

}  // namespace

std::optional<Solution> best_division(const LimitRun& run, std::int64_t gpus, Seconds limit,
                                      const Accelerator& gpu, const Assumptions& assumed) {
  return Search(run, gpus, limit, gpu, assumed).result();
}

std::optional<Solution> smallest_cluster(const LimitRun& run, const Accelerator& gpu,
                                         const Assumptions& assumed) {
  constexpr int most_doublings = 59;
  const double least = run.model.training() / gpu.sustained() / assumed.run();
  std::int64_t gpus = run.model.experts;
  for (int i = 0; i <= most_doublings && gpus <= INT64_MAX / 2; ++i, gpus *= 2) {
    if (static_cast<double>(gpus) < least) continue;
    if (auto found = best_division(run, gpus, assumed.run(), gpu, assumed)) return found;
  }
  return std::nullopt;
}

}  // namespace shortfall

#include "model/limits/network.hpp"

#include <algorithm>
#include <numeric>

namespace shortfall {
namespace {

Seconds transfer_time(const Cluster& cluster, std::size_t level, double words) {
  const Bandwidth of_one_way = cluster.gpu.network[level].both_ways / 2;
  return Bytes{words * cluster.gpu.word_bytes()} / (of_one_way * cluster.gpus);
}

double ways_above(const LevelSplit& split, std::size_t level) {
  double product = 1;
  for (std::size_t above = level + 1; above < split.size(); ++above) {
    product *= static_cast<double>(split[above]);
  }
  return product;
}

// What share of the steps from one layer to the next crosses each level of the network, and none.
struct Crossings {
  double none = 1;
  std::array<double, most_levels> at{};
};

Crossings between_stages(const Passing& passing, double layers, std::size_t levels) {
  const double steps = layers - 1;
  const auto interleave = static_cast<double>(passing.interleave);
  Crossings share;
  share.none = (layers - interleave * static_cast<double>(ways(passing.stages))) / steps;
  for (std::size_t level = 0; level < levels; ++level) {
    const auto here = static_cast<double>(passing.stages[level]);
    const double crossings = level + 1 == levels
                                 ? interleave * here - 1
                                 : interleave * ways_above(passing.stages, level) * (here - 1);
    share.at[level] = crossings / steps;
  }
  return share;
}

// A token is as likely to be sent to any expert.
Crossings between_experts(const LevelSplit& experts, std::size_t levels) {
  Crossings share{.none = 1 / static_cast<double>(ways(experts))};
  for (std::size_t level = 0; level < levels; ++level) {
    const double above = ways_above(experts, level);
    share.at[level] = 1 / above - 1 / (above * static_cast<double>(experts[level]));
  }
  return share;
}

// Some token of the batch always goes the longest way, and the others wait for it.
Crossings longest_between_experts(const LevelSplit& experts, std::size_t levels) {
  for (std::size_t level = levels; level-- > 0;) {
    if (experts[level] == 1) continue;
    Crossings share{.none = 0};
    share.at[level] = 1;
    return share;
  }
  return {};
}

// For every step that crosses a level of either kind: the level, and the share of such steps.
// Stages and experts are independent of each other, and the higher level of the two counts.
void for_each_crossing(const Crossings& stages, const Crossings& experts, std::size_t levels,
                       auto&& visit) {
  for (std::size_t level = 0; level < levels; ++level) {
    visit(level, stages.none * experts.at[level]);
  }
  for (std::size_t stage = 0; stage < levels; ++stage) {
    visit(stage, stages.at[stage] * experts.none);
    for (std::size_t level = 0; level < levels; ++level) {
      visit(std::max(stage, level), stages.at[stage] * experts.at[level]);
    }
  }
}

}  // namespace

std::int64_t ways(const LevelSplit& split) {
  return std::accumulate(split.begin(), split.end(), std::int64_t{1}, std::multiplies<>());
}

Delay all_reduce(const Cluster& cluster, std::size_t level, std::int64_t participants, double words,
                 Repeats repeats) {
  if (participants == 1) return {};
  const double moved =
      2 * static_cast<double>(participants - 1) * words * repeats.in_sequence * repeats.in_parallel;
  return {cluster.gpu.network[level].latency * 2 * repeats.in_sequence,
          transfer_time(cluster, level, moved)};
}

Delay point_to_point(const Cluster& cluster, std::size_t level, double words, Repeats repeats) {
  return {cluster.gpu.network[level].latency * repeats.in_sequence,
          transfer_time(cluster, level, words * repeats.in_sequence * repeats.in_parallel)};
}

Delay tensor_parallel(const Cluster& cluster, const WidthSplit& split, double d_model, double d_ff,
                      double layers, double batch_tokens) {
  const double passes = 2 * layers;  // forwards and backwards
  Delay total;
  for (std::size_t level = 0; level < cluster.gpu.network.size(); ++level) {
    const Delay inner = all_reduce(cluster, level, split.model[level], d_ff,
                                   {passes, batch_tokens * ways_above(split.model, level)});
    const Delay outer = all_reduce(cluster, level, split.ff[level], d_model,
                                   {passes, batch_tokens * ways_above(split.ff, level)});
    total.latency = total.latency + inner.latency + outer.latency;
    total.bandwidth = std::max(total.bandwidth, inner.bandwidth + outer.bandwidth);
  }
  return total;
}

Delay data_parallel(const Cluster& cluster, const LevelSplit& split, double parameters) {
  Delay total;
  for (std::size_t level = 0; level < cluster.gpu.network.size(); ++level) {
    const Delay one =
        all_reduce(cluster, level, split[level], parameters, {1, ways_above(split, level)});
    total.latency = total.latency + one.latency;
    total.bandwidth = std::max(total.bandwidth, one.bandwidth);
  }
  return total;
}

Delay pass_activations(const Cluster& cluster, const Passing& passing, double d_model,
                       double layers, double batch_tokens) {
  const std::size_t levels = cluster.gpu.network.size();
  const double passes = 2 * (layers - 1);  // forwards and backwards
  const Crossings stages = between_stages(passing, layers, levels);
  Delay total;
  for_each_crossing(
      stages, between_experts(passing.experts, levels), levels,
      [&](std::size_t level, double share) {
        total.bandwidth =
            total.bandwidth +
            point_to_point(cluster, level, d_model, {passes * share, batch_tokens}).bandwidth;
      });
  for_each_crossing(stages, longest_between_experts(passing.experts, levels), levels,
                    [&](std::size_t level, double share) {
                      total.latency =
                          total.latency +
                          point_to_point(cluster, level, d_model, {passes * share, 1}).latency;
                    });
  return total;
}

}  // namespace shortfall

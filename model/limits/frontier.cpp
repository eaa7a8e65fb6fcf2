#include "model/limits/frontier.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

// Neighbouring points that were drawn together because they did not fall.
struct Block {
  double log_flop = 0, utilization = 0;  // means
  double points = 0;
};

Block merged(const Block& a, const Block& b) {
  const double points = a.points + b.points;
  return {(a.log_flop * a.points + b.log_flop * b.points) / points,
          (a.utilization * a.points + b.utilization * b.points) / points, points};
}

// Pool adjacent violators: the least-squares fit by a curve that never rises.
std::vector<Block> falling_fit(const Frontier& frontier) {
  std::vector<Block> blocks;
  for (const FrontierPoint& point : frontier.points) {
    blocks.push_back({std::log(point.training().value), point.utilization(), 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].utilization < blocks.back().utilization) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back() = merged(blocks.back(), last);
    }
  }
  return blocks;
}

}  // namespace

std::optional<FrontierPoint> frontier_point(const Scenario& scenario, std::int64_t d_model,
                                            std::int64_t d_ff, const Assumptions& assumed) {
  LimitRun run{.model = model_of_width(d_model, d_ff, scenario.sparsity, assumed),
               .sequence = assumed.sequence};
  run.batch_sequences = batch_sequences(run.model, scenario.batch, assumed);
  constexpr double countable = 4e18;
  if (run.batch_tokens() > countable) return std::nullopt;
  const auto solution = smallest_cluster(run, scenario.gpu, assumed);
  if (!solution) return std::nullopt;
  return FrontierPoint{run, *solution};
}

Frontier frontier(const Scenario& scenario, const Assumptions& assumed) {
  Frontier found;
  for (const std::int64_t width : swept_widths()) {
    auto point = frontier_point(scenario, width, width * assumed.ff_ratio, assumed);
    if (!point) return found;
    found.points.push_back(std::move(*point));
  }
  found.is_complete = true;
  return found;
}

double linear_threshold(const Accelerator& gpu, const Assumptions& assumed) {
  return assumed.linear_fraction * gpu.sustained_fraction;
}

std::optional<Flops> end_of_linear_scaling(const Frontier& frontier, double threshold) {
  const auto first = std::ranges::find_if(frontier.points, [&](const FrontierPoint& point) {
    return point.utilization() <= threshold;
  });
  if (first == frontier.points.end()) return std::nullopt;
  return first->training();
}

std::optional<Flops> smoothed_end(const Frontier& frontier, double threshold) {
  const std::vector<Block> blocks = falling_fit(frontier);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block& here = blocks[i];
    if (here.utilization > threshold) continue;
    if (i == 0) return Flops{std::exp(here.log_flop)};
    const Block& before = blocks[i - 1];
    const double share = (before.utilization - threshold) / (before.utilization - here.utilization);
    return Flops{std::exp(before.log_flop + share * (here.log_flop - before.log_flop))};
  }
  return std::nullopt;
}

std::optional<Flops> last_feasible(const Frontier& frontier) {
  if (frontier.points.empty()) return std::nullopt;
  return frontier.points.back().training();
}

}  // namespace shortfall

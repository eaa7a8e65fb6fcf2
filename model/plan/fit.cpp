#include "model/plan/fit.hpp"

#include <algorithm>

#include "model/training/stage_rank.hpp"

namespace shortfall {
namespace {

struct Content {
  std::int64_t dense = 0, sparse = 0;
  bool embeds = false, ends = false;
  friend bool operator==(const Content&, const Content&) = default;
};

Content content_of(const Stage& stage) {
  return {stage.dense_layers, stage.expert_layers, stage.embeds, stage.ends};
}

// With DualPipe a rank holds its stage's mirror image, too.
struct Holding {
  Content own, mirrored;
  friend bool operator==(const Holding&, const Holding&) = default;
};

}  // namespace

Bytes fullest_stage(const TrainingRun& run) {
  const std::vector<Stage> all = stages(run);
  std::vector<Holding> seen;
  Bytes most;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Holding holding{content_of(all[i]), content_of(all[all.size() - 1 - i])};
    // Alike ones follow one another, but for the few that differ by a remainder of layers.
    if (std::ranges::find(seen, holding) != seen.end()) continue;
    seen.push_back(holding);
    most = std::max(most, memory(run, all[i]).total());
  }
  return most;
}

}  // namespace shortfall

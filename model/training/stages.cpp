#include <algorithm>

#include "model/training/stage_rank.hpp"

namespace shortfall {
namespace {

// A stage's layers lie in `chunks` pieces, each of them a place in the line of all pieces.
struct Piece {
  std::int64_t first, count;
};

class Pieces {
 public:
  explicit Pieces(const TrainingRun& run) {
    const std::int64_t pieces = std::max<std::int64_t>(run.split.pipeline * run.split.chunks, 1);
    each_ = run.architecture.layers / pieces;
    rest_ = run.architecture.layers - each_ * pieces;
  }
  Piece at(std::int64_t place) const {
    return {place * each_ + std::min(place, rest_), each_ + (place < rest_ ? 1 : 0)};
  }

 private:
  std::int64_t each_, rest_;
};

Stage stage_of(const TrainingRun& run, const Pieces& pieces, std::int64_t index) {
  Stage stage{.index = index, .embeds = index == 0, .ends = index == run.split.pipeline - 1};
  for (std::int64_t chunk = 0; chunk < run.split.chunks; ++chunk) {
    const Piece piece = pieces.at(chunk * run.split.pipeline + index);
    const std::int64_t dense =
        std::clamp<std::int64_t>(dense_layers(run.architecture) - piece.first, 0, piece.count);
    stage.dense_layers += dense;
    stage.expert_layers += piece.count - dense;
  }
  return stage;
}

}  // namespace

Stage stage_at(const TrainingRun& run, std::int64_t index) {
  return stage_of(run, Pieces(run), index);
}

std::vector<Stage> stages(const TrainingRun& run) {
  const Pieces pieces(run);
  std::vector<Stage> all;
  all.reserve(static_cast<std::size_t>(run.split.pipeline));
  for (std::int64_t i = 0; i < run.split.pipeline; ++i) all.push_back(stage_of(run, pieces, i));
  return all;
}

std::int64_t micro_batches(const TrainingRun& run) {
  return run.batch / std::max<std::int64_t>(run.split.data * run.micro_batch, 1);
}

}  // namespace shortfall

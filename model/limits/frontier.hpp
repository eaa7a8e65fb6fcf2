// How far training scales: for models of growing width the smallest cluster that trains each in
// time, and how well it is used.
#pragma once

#include <optional>
#include <vector>

#include "model/limits/search.hpp"

namespace shortfall {

struct Scenario {
  Accelerator gpu;
  Sparsity sparsity = Sparsity::dense;
  BatchRule batch = BatchRule::critical;
};

struct FrontierPoint {
  LimitRun run;
  Solution solution;

  Flops training() const { return run.model.training(); }
  double utilization() const { return solution.time.utilization(); }
};

// Nothing if no cluster trains a model of this shape in time.
std::optional<FrontierPoint> frontier_point(const Scenario& scenario, std::int64_t d_model,
                                            std::int64_t d_ff, const Assumptions& assumed);

struct Frontier {
  std::vector<FrontierPoint> points;  // by width, up to the first that no cluster trains in time
  bool is_complete = false;           // the sweep ended before anything else did
};

Frontier frontier(const Scenario& scenario, const Assumptions& assumed);

// Utilisation at which scaling is no longer called linear.
double linear_threshold(const Accelerator& gpu, const Assumptions& assumed);

// The first point at or below the threshold. Cluster sizes are powers of two, so the curve goes up
// and down: a neighbour further out may be above it again.
std::optional<Flops> end_of_linear_scaling(const Frontier& frontier, double threshold);

// Where the falling curve that is nearest to all points, in least squares, crosses the threshold.
std::optional<Flops> smoothed_end(const Frontier& frontier, double threshold);

std::optional<Flops> last_feasible(const Frontier& frontier);

}  // namespace shortfall

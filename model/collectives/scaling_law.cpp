#include "model/collectives/scaling_law.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "model/collectives/line_fit.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

// A law misses by what it leaves out, not by noise: errors beyond this count less.
constexpr Huber huber{0.1};

constexpr std::size_t unknowns = 3;  // start, per message, per byte
using Vector = std::array<double, unknowns>;

// Weighted normal equations.
struct Equations {
  std::array<Vector, unknowns> matrix{};
  Vector right{};

  void add(double weight, const Vector& features, double target) {
    for (std::size_t i = 0; i < unknowns; ++i) {
      right[i] += weight * features[i] * target;
      for (std::size_t j = 0; j < unknowns; ++j) {
        matrix[i][j] += weight * features[i] * features[j];
      }
    }
  }

  // Of the sum of squares, but for a constant.
  double excess(const Vector& x) const {
    double sum = 0;
    for (std::size_t i = 0; i < unknowns; ++i) {
      sum -= 2 * right[i] * x[i];
      for (std::size_t j = 0; j < unknowns; ++j) sum += x[i] * matrix[i][j] * x[j];
    }
    return sum;
  }
};

using Allowed = std::array<bool, unknowns>;

// With the unknowns that are allowed, the others zero, by elimination; nothing where they cannot be
// told apart or one is negative.
std::optional<Vector> solved_with(Equations e, const Allowed& allowed) {
  constexpr double singular = 1e-11;
  Vector diagonal{};
  for (std::size_t i = 0; i < unknowns; ++i) diagonal[i] = e.matrix[i][i];
  for (std::size_t pivot = 0; pivot < unknowns; ++pivot) {
    if (!allowed[pivot]) continue;
    if (!(e.matrix[pivot][pivot] > singular * diagonal[pivot])) return std::nullopt;
    for (std::size_t row = 0; row < unknowns; ++row) {
      if (row == pivot || !allowed[row]) continue;
      const double factor = e.matrix[row][pivot] / e.matrix[pivot][pivot];
      for (std::size_t j = 0; j < unknowns; ++j) e.matrix[row][j] -= factor * e.matrix[pivot][j];
      e.right[row] -= factor * e.right[pivot];
    }
  }
  Vector x{};
  for (std::size_t i = 0; i < unknowns; ++i) {
    if (allowed[i]) x[i] = e.right[i] / e.matrix[i][i];
    if (x[i] < 0) return std::nullopt;
  }
  return x;
}

// The least squares solution without negative numbers: the best of all subsets.
Vector solved(const Equations& equations, bool with_start) {
  Vector best{};
  double least = 0;
  for (unsigned subset = 1; subset < 1U << unknowns; ++subset) {
    const Allowed allowed{(subset & 1U) != 0, (subset & 2U) != 0, (subset & 4U) != 0};
    if (allowed[0] && !with_start) continue;
    const auto x = solved_with(equations, allowed);
    if (!x || equations.excess(*x) >= least) continue;
    least = equations.excess(*x);
    best = *x;
  }
  return best;
}

// A sample in units of the sweep, so that the equations are well conditioned.
struct Row {
  Vector features;  // 1, messages, wire bytes over the bandwidth of its group
  double time;
};

struct Problem {
  std::vector<GroupShape> groups;
  std::span<const GroupSample> samples;
  Seconds time_unit;
  Bytes byte_unit;
  bool has_several_groups;

  std::vector<Row> rows(double lost_share) const {
    std::vector<Row> result;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const GroupShape& group = groups[i];
      const double slower = 1 / (1 - lost_share / group.ranks);
      result.push_back({{1, group.messages, group.wire * (samples[i].bytes / byte_unit) * slower},
                        samples[i].time / time_unit});
    }
    return result;
  }
};

double model_of(const Row& row, const Vector& x) {
  constexpr double least = 1e-3;  // of the measured time: as far as a logarithm can be taken
  double sum = 0;
  for (std::size_t i = 0; i < unknowns; ++i) sum += x[i] * row.features[i];
  return std::max(sum, least * row.time);
}

// One step of Gauss and Newton on the logarithm, as in line_fit.cpp; at first relative errors.
Vector improved(const std::vector<Row>& rows, const Vector* x, bool with_start) {
  constexpr double lowest_target = 0.1;
  Equations equations;
  for (const Row& row : rows) {
    const double model = x ? model_of(row, *x) : row.time;
    const double error = std::log(model / row.time);
    Vector features = row.features;
    for (double& feature : features) feature /= model;
    equations.add(huber.weight(error), features, std::max(1 - error, lowest_target));
  }
  return solved(equations, with_start);
}

double loss_of(const std::vector<Row>& rows, const Vector& x) {
  double loss = 0;
  for (const Row& row : rows) loss += huber.loss(std::log(model_of(row, x) / row.time));
  return loss;
}

ScalingLaw fit_for(const Problem& problem, double lost_share) {
  constexpr int most_steps = 30;
  constexpr double settled = 1e-6;
  const auto rows = problem.rows(lost_share);
  Vector x = improved(rows, nullptr, problem.has_several_groups);
  double loss = loss_of(rows, x);
  for (int step = 0; step < most_steps; ++step) {
    const Vector next = improved(rows, &x, problem.has_several_groups);
    const double now = loss_of(rows, next);
    if (now >= loss * (1 - settled)) break;
    x = next;
    loss = now;
  }
  return {.start = problem.time_unit * x[0],
          .per_message = problem.time_unit * x[1],
          .seconds_per_byte = x[2] * problem.time_unit.value / problem.byte_unit.value,
          .lost_share = lost_share,
          .error = std::sqrt(2 * loss / static_cast<double>(rows.size()))};
}

Problem problem_of(Kind kind, CollectiveAlgorithm algorithm, std::span<const GroupSample> samples) {
  Problem problem{{}, samples, samples[samples.size() / 2].time, {1}, false};
  std::set<int> sizes;
  for (const GroupSample& sample : samples) {
    problem.groups.push_back(group_shape(kind, algorithm, sample.ranks));
    problem.byte_unit = std::max(problem.byte_unit, sample.bytes);
    sizes.insert(sample.ranks);
  }
  problem.has_several_groups = sizes.size() > 1;
  return problem;
}

}  // namespace

GroupShape group_shape(Kind kind, CollectiveAlgorithm algorithm, int ranks) {
  const auto terms = cost_terms(kind, algorithm, ranks);
  if (!terms) refuse_algorithm(kind, algorithm);
  return {static_cast<double>(ranks), terms->messages, terms->wire};
}

ScalingLaw fit_law(Kind kind, CollectiveAlgorithm algorithm, std::span<const GroupSample> samples) {
  const Problem problem = problem_of(kind, algorithm, samples);
  // Pairs are at most 1 / (1 - 0.9 / 2) = 1.8 times as slow as large groups, or 1.5 times as fast.
  constexpr int lowest = -10, highest = 9;
  constexpr double grid = 0.1;
  ScalingLaw best = fit_for(problem, 0);
  for (int i = lowest; i <= highest && problem.has_several_groups; ++i) {
    const ScalingLaw law = fit_for(problem, i * grid);
    if (law.error < best.error) best = law;
  }
  best.algorithm = algorithm;
  return best;
}

ScalingLaw likely_law(Kind kind, CollectiveAlgorithm usual, std::span<const GroupSample> samples) {
  ScalingLaw likely = fit_law(kind, usual, samples);
  const double most = likely.error / std::numbers::sqrt2;
  for (const CollectiveAlgorithm other : algorithms_for(kind)) {
    const ScalingLaw law = fit_law(kind, other, samples);
    if (law.error < std::min(most, likely.error)) likely = law;
  }
  return likely;
}

CollectiveAlgorithm usual_algorithm(Kind kind) {
  switch (kind) {
    case Kind::all_reduce:
    case Kind::all_gather:
    case Kind::reduce_scatter:
    case Kind::broadcast:
    case Kind::reduce:
      return CollectiveAlgorithm::ring;
    case Kind::barrier:
      return CollectiveAlgorithm::recursive_doubling;
    default:
      return CollectiveAlgorithm::pairwise;
  }
}

}  // namespace shortfall

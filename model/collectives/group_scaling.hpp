// From sweeps of one collective over groups of several sizes, on one kind of link, to its time in a
// group of any size. docs/collective_costs.md says how it is done and how well.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/statistics.hpp"
#include "model/collectives/scaling_law.hpp"
#include "model/collectives/sweep_fit.hpp"

namespace shortfall {

struct MeasuredGroup {
  int ranks;
  SweepFit fit;
};

struct GroupEstimate {
  Seconds time;
  Interval range;             // in which it lies about 9 times out of 10
  bool extrapolated = false;  // beyond the measured group or message sizes
  bool beyond_reach = false;  // more than 8 times the largest measured group: do not rely on it
};

// The time in groups of one size: the law's, times the measured times of the neighbours over what
// the law says of them. Refers to the GroupScaling that it comes from, which must outlive it.
class GroupCurve {
 public:
  GroupEstimate at(Bytes bytes) const;

 private:
  friend class GroupScaling;

  // A measured group, and what part its deviation from the law has.
  struct Neighbor {
    const SweepFit* fit = nullptr;
    CostLine law{};
    double weight = 0;
  };

  CostLine law_{};
  std::array<Neighbor, 2> near_{};
  double law_alone_ = 0;  // the weight of no deviation
  double spread_ = 1;     // the range is from time / spread to time * spread
  bool is_outside_ = false, is_beyond_reach_ = false;
};

// Between measured groups, and beyond them, a ScalingLaw that is fitted to all of them, corrected
// by how far the next measured groups are from it: between two groups by both of them, beyond the
// largest the less the farther away.
class GroupScaling {
 public:
  static constexpr int reach = 8;

  // Groups in any order, of at least two ranks, each size once, at least one. `algorithm`: where it
  // is known. Throws BadUsage on anything else.
  GroupScaling(Collective::Kind kind, std::vector<MeasuredGroup> groups,
               std::optional<CollectiveAlgorithm> algorithm = {});

  // For many times of the same group. Of 1 rank: no time. Throws BadUsage for less.
  GroupCurve in(int ranks) const;

  GroupEstimate at(int ranks, Bytes bytes) const { return in(ranks).at(bytes); }

  const ScalingLaw& law() const { return law_; }

  // By how much log time is wrong (root mean square) in a group of twice the ranks of the largest
  // measured one: tried out on the measured groups, by extrapolating from their smaller half.
  double error_per_doubling() const { return error_per_doubling_; }

 private:
  CostLine law_in(int ranks) const;
  double spread(double scatter, double doublings) const;
  GroupCurve measured(const MeasuredGroup& group) const;
  GroupCurve between(const MeasuredGroup& below, const MeasuredGroup& above, int ranks) const;
  GroupCurve outside(const MeasuredGroup& nearest, int ranks) const;

  Collective::Kind kind_;
  std::vector<MeasuredGroup> groups_;  // ascending
  ScalingLaw law_;
  double error_per_doubling_;
};

}  // namespace shortfall

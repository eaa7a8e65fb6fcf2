// From a measured sweep over sizes to a function of size: pieces of straight lines, as many as the
// sweep bears out. Libraries switch protocols and algorithms between sizes, so that no single
// latency and bandwidth describe them. docs/collective_costs.md says how it is done and how well.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/collectives/line_fit.hpp"

namespace shortfall {

struct SweepPoint {
  Bytes bytes;
  Seconds time;
};

// The sizes between which one line holds.
struct SweepSegment {
  Bytes first, last;  // measured ones, both of this segment
  std::size_t points = 0;
  CostLine line;
};

// How far the lines are from the points that they were fitted to, relative to these.
struct FitError {
  double mean = 0, largest = 0;
};

struct CurveTime {
  Seconds time;
  bool extrapolated = false;  // beyond the measured sizes
};

class SweepFit {
 public:
  // Segments ascending by size, at least one.
  SweepFit(std::vector<SweepSegment> segments, double scatter, FitError error);

  // Within a segment its line; between two segments the straight line that joins their ends, since
  // nobody knows where between two sizes a protocol ends; beyond the measured sizes the nearest
  // segment's line. Allocates nothing.
  CurveTime at(Bytes bytes) const {
    const Piece* piece = pieces_.data();
    while (bytes > piece->until) ++piece;
    return {piece->line.at(bytes), bytes < smallest() || bytes > largest()};
  }

  const std::vector<SweepSegment>& segments() const { return segments_; }
  Bytes smallest() const { return segments_.front().first; }
  Bytes largest() const { return segments_.back().last; }

  // Standard deviation of log time around the lines, estimated such that outliers do not count.
  // Zero where there are no more points than numbers to be fitted.
  double scatter() const { return scatter_; }
  FitError error() const { return error_; }

 private:
  struct Piece {
    Bytes until;
    CostLine line;
  };
  std::vector<SweepSegment> segments_;
  std::vector<Piece> pieces_;  // segments and what joins them; the last one never ends
  double scatter_;
  FitError error_;
};

// The order of points does not matter, and a size may have several. Throws BadUsage, which names
// the point, on times that are not positive, on sizes that are negative, on what is not finite or
// beyond reason, and if there are fewer than two sizes.
SweepFit fit_sweep(std::span<const SweepPoint> points);

}  // namespace shortfall

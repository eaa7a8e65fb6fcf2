// Where a sweep is cut into straight lines: the cuts of least loss by dynamic programming, as many
// as Schwarz's criterion (BIC) bears out.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/collectives/line_fit.hpp"

namespace shortfall {

struct LineSegment {
  std::size_t first = 0, end = 0;  // samples [first, end)
  CostLine line;
};

struct Segmentation {
  std::vector<LineSegment> segments;  // at least one
  // Standard deviation of log time around the lines, by the median: outliers do not count. Zero
  // where there are no more samples than numbers to be fitted.
  double scatter = 0;
};

// Figures are not better than this, whatever they say: differences below are nobody's protocol.
inline constexpr double least_scatter = 0.002;

// The loss that goes with a scatter.
Huber huber_for(double scatter);

// Samples ascending by size, of at least two sizes.
Segmentation segment(std::span<const LogSample> samples);

}  // namespace shortfall

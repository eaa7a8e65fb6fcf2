// Order statistics of a set of samples: no assumption about their distribution is made.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct Interval {
  Seconds low, high;
};

struct Summary {
  std::size_t n = 0;
  Seconds min, p05, p25, median, p75, p95;
  std::optional<Seconds> p99;  // nothing below 299 samples, where it could not be told from max
  Seconds max;
  std::optional<Interval> ci95;  // of the median; nothing below 6 samples, where there is none
};

// Nearest-rank quantiles: always a value that was really measured. Throws Error without samples.
Summary summarize(std::span<const Seconds> samples);

// The 1-based ranks (low, high) of the sorted samples between which the median of the distribution
// lies with at least 95 %, exact by the binomial distribution (Hahn and Meeker, 1991). Nothing for
// n < 6. The interval is the symmetric one: high = n + 1 - low.
struct Ranks {
  std::size_t low, high;
};
std::optional<Ranks> median_ranks95(std::size_t n);

// Half the width of the 95 % interval of the median, relative to the median; nothing for n < 6.
std::optional<double> relative_half_width(std::span<const Seconds> samples);

// The plain median (mean of the two middle values for even n). Throws Error without values.
double median(std::vector<double> values);

// Of two middle values the lower one: always a value that is there. Throws Error without values.
double lower_median(std::vector<double> values);
Seconds lower_median(std::vector<Seconds> values);

// Median of the absolute deviations from the median, unscaled. Throws Error without values.
double median_absolute_deviation(std::span<const double> values);

}  // namespace shortfall

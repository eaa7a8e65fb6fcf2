// How well predictions meet measured times, source by source, and the factor that a source's
// software stack takes besides all that is modelled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

// An id up to its first '-': rows of one source share it.
std::string source_key(std::string_view id);

struct ComparedRun {
  std::string source;
  Seconds predicted;
  std::optional<Seconds> measured;
};

// predicted / measured - 1.
double relative_error(Seconds predicted, Seconds measured);

enum class Calibration { none, per_source };

struct SourceErrors {
  std::string source;
  std::int64_t rows = 0;         // that were compared; of a calibrated source, those not fitted to
  std::optional<double> mape;    // mean of |relative_error|; nothing = no rows
  std::optional<double> bias;    // mean of relative_error
  std::optional<double> factor;  // nothing = not calibrated
};

// One for each source, in the order in which they appear. With per_source, every third measured
// row of a source, from its first one on, gives its factor, and the others its errors: no row is
// judged by a factor that knows it.
std::vector<SourceErrors> errors_by_source(const std::vector<ComparedRun>& runs,
                                           Calibration calibration);

// The f for which the mean of |f * predicted / measured - 1| is least; where that is a range, its
// middle. There must be at least one ratio of measured over predicted time.
double best_factor(std::vector<double> ratios);

}  // namespace shortfall

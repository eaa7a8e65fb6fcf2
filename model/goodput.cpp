#include "model/goodput.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {

Goodput goodput_of(const Reliability& r, std::int64_t gpus) {
  const double between_failures = r.between_failures_of_gpu.value / static_cast<double>(gpus);
  const double restart = r.restart.value + (r.has_spares ? 0 : r.repair.value);
  const double interval = std::sqrt(2 * r.checkpoint.value * between_failures);
  const double writing = interval > 0 ? r.checkpoint.value / interval : 0;
  const double failing = (interval / 2 + restart) / between_failures;
  return {Seconds{interval}, std::min(1.0, writing + failing)};
}

}  // namespace shortfall

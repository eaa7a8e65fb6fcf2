// What limits one fabric: the frontier as it is, without each of its limits, and after changes that
// money could buy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/limits/closed_form.hpp"
#include "model/limits/frontier.hpp"

namespace shortfall {

struct Variant {
  std::string name;
  Frontier frontier;
  std::optional<Flops> linear_end, smoothed_end;      // nothing: not within the sweep
  std::optional<Flops> last_feasible;                 // nothing: not even the first model
  std::optional<Flops> bandwidth_form, latency_form;  // closed forms; none for another batch law
};

struct LimitsStudy {
  Accelerator gpu;
  double threshold = 0;  // utilisation below which scaling is not linear
  Seconds duration;      // of a run
  Seconds per_product;   // what one product cannot be faster than
  Variant base;
  Variant no_bandwidth_limit, no_latency, larger_batch;  // what bends the curve, taken away
  std::vector<Variant> changes;                          // what if
};

LimitsStudy study_of(const Accelerator& gpu, const Assumptions& assumed);

// Utilisation that each limit takes; nothing where the sweep without it does not reach the point.
struct Taken {
  std::optional<double> bandwidth, latency, batch;
};
Taken taken_at(const LimitsStudy& study, std::size_t point);

// The property of the hardware that takes most at a point: "bandwidth", "latency"; "" if neither
// takes half a percent.
std::string_view bent_by(const Taken& taken);

}  // namespace shortfall

#include "harness/sampler.hpp"

#include <algorithm>
#include <cmath>

#include "core/statistics.hpp"

namespace shortfall {
namespace {

constexpr int fewest = 10;   // before the interval is looked at
constexpr int most = 20000;  // that are kept
constexpr double close_enough = 0.01;

}  // namespace

Sampler::Sampler(const Effort& effort, Seconds budget, Seconds call)
    : effort_(effort), left_(budget), call_(std::max(call, Seconds{1e-9})) {
  constexpr double nearly = 1 - 1e-9;  // 1 ms are 1000 calls of 1 us, whatever the last bit says
  const double calls = std::ceil(effort.sample_time / call_ * nearly);
  calls_per_sample_ = static_cast<int>(std::clamp(calls, 1.0, 1e6));
}

Sampler isolated_sampler(const Effort& effort, Seconds budget, Seconds call) {
  Effort one_call = effort;
  one_call.sample_time = {0};
  return {one_call, budget, call};
}

int Sampler::next() const {
  const auto taken = static_cast<int>(samples_.size());
  if (effort_.samples) return *effort_.samples - taken;
  const auto width = taken >= fewest ? relative_half_width(samples_) : std::nullopt;
  if (taken >= most || (width && *width <= close_enough)) return 0;
  // 10, 15, 22, 33, ...; a call of a microsecond starts higher: looking costs more than sampling.
  const double cheap = Seconds{0.002} / (call_ * calls_per_sample_);
  const double wanted = taken == 0 ? std::max<double>(fewest, cheap) : std::max(taken * 0.5, 1.0);
  const double affordable = left_ / (call_ * calls_per_sample_);
  const double count = std::min({std::floor(wanted), std::floor(affordable), double{most} - taken});
  return static_cast<int>(std::max<double>(count, std::max(effort_.fewest - taken, 0)));
}

void Sampler::add(const std::vector<Seconds>& samples, Seconds spent) {
  samples_.insert(samples_.end(), samples.begin(), samples.end());
  left_ = left_ - spent;
}

}  // namespace shortfall

#include "backends/cuda/tuning.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/statistics.hpp"

namespace shortfall::cuda {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double worth_another_look = 1.5, as_good = 1.005;
constexpr double sample_time = 50e-6;  // a hundred steps of the clock of events
constexpr std::size_t least_tried = 8;

double now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

void wait_for(CudaStream& stream) {
  check(cudaStreamSynchronize(stream.handle()), "wait for what is tried");
  while (!stream.done()) continue;
}

class Tuning {
 public:
  Tuning(std::size_t count, const EnqueueCandidate& enqueue, CudaStream& stream, Seconds budget)
      : enqueue_(enqueue),
        stream_(stream),
        budget_(budget.value),
        times_(count, never),
        start_(now()) {}

  Tuned run() {
    Tuned tuned;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      if (tuned.tried >= least_tried && now() - start_ > budget_ / 2) break;
      times_[i] = glance_at(i);
      ++tuned.tried;
    }
    const double quickest = *std::ranges::min_element(times_);
    if (quickest == never) return tuned;
    const double favourite = times_[0];
    look_closely(quickest);
    const double best = *std::ranges::min_element(times_);
    tuned.best = static_cast<std::size_t>(
        std::ranges::find_if(times_, [=](double t) { return t <= best * as_good; }) -
        times_.begin());
    const double of_first = times_[0] == never ? favourite : times_[0];
    tuned.gain = of_first == never ? 1 : of_first / times_[tuned.best];
    return tuned;
  }

 private:
  // What is not loaded yet may wait for the whole GPU, so that no gate may be closed before it.
  double glance_at(std::size_t i) {
    stream_.reserve_stamps(4);
    const Stamp start = stream_.stamp();
    if (!enqueue_(i, stream_)) return never;
    const Stamp loaded = stream_.stamp();
    wait_for(stream_);
    constexpr double longer_than_loading = 0.02;
    const double first = stream_.elapsed(start, loaded).value;
    if (first > longer_than_loading) return first;
    const Stamp again = stream_.stamp();
    enqueue_(i, stream_);
    const Stamp end = stream_.stamp();
    wait_for(stream_);
    return stream_.elapsed(again, end).value;
  }

  // Times of what is only launched say little before; here they are the GPU's alone.
  void look_closely(double quickest) {
    constexpr double launch = 20e-6;
    const double longest = std::max(quickest * worth_another_look, launch);
    const auto kept = std::ranges::count_if(times_, [=](double t) { return t <= longest; });
    const double round = quickest * static_cast<double>(kept);
    const int samples = static_cast<int>(std::clamp(budget_ / round - 1, 1.0, 5.0));
    for (std::size_t i = 0; i < times_.size(); ++i) {
      times_[i] = times_[i] <= longest ? time_of(i, samples) : never;
    }
  }

  double time_of(std::size_t i, int samples) {
    constexpr double most_calls = 64;  // so that all of them fit behind the gate
    const double calls = std::clamp(std::ceil(sample_time / times_[i]), 1.0, most_calls);
    std::vector<Stamp> stamps;
    stream_.reserve_stamps(static_cast<std::size_t>(samples) + 1);
    {
      const HeldStart together(stream_, true);
      enqueue_(i, stream_);
      stamps.push_back(stream_.stamp());
      for (int sample = 0; sample < samples; ++sample) {
        for (int call = 0; call < static_cast<int>(calls); ++call) enqueue_(i, stream_);
        stamps.push_back(stream_.stamp());
      }
    }
    wait_for(stream_);
    std::vector<double> times;
    for (std::size_t s = 1; s < stamps.size(); ++s) {
      times.push_back(stream_.elapsed(stamps[s - 1], stamps[s]).value / calls);
    }
    return median(std::move(times));
  }

  const EnqueueCandidate& enqueue_;
  CudaStream& stream_;
  double budget_;
  std::vector<double> times_;
  double start_;
};

}  // namespace

Tuned fastest_of(std::size_t count, const EnqueueCandidate& enqueue, CudaStream& stream,
                 Seconds budget) {
  return Tuning(count, enqueue, stream, budget).run();
}

}  // namespace shortfall::cuda

// Decides how many samples of a case are enough: until the 95 % interval of the median is within 1
// % (at least 10 samples, looked at on a geometric schedule so that looking does not make it
// narrow), or the time is spent.
#pragma once

#include <optional>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct Effort {
  std::optional<int> samples;  // exactly so many; otherwise as above
  int fewest = 3;              // where it chooses, whatever the budget says
  Seconds budget{0.5};         // for all timings of one case, its checks not counted
  Seconds search{30};          // beside that, for finding out what to measure where it is searched
  Seconds soak{0};             // of work before it, where heat is part of what is asked for
  Seconds sample_time{0.001};  // a back-to-back sample repeats the call until it lasts this long
  Seconds patience{120};       // for one case, before the job is given up
  std::uint64_t seed = 1;

  // For one call: what does not end is given up while there is time left to vote about it.
  Seconds of_call() const { return patience * 0.5; }
};

class Sampler {
 public:
  // `budget` is this timing's share; `call` the estimated time of one call.
  Sampler(const Effort& effort, Seconds budget, Seconds call);

  int calls_per_sample() const { return calls_per_sample_; }
  // How many samples to take next; 0 = enough.
  int next() const;
  // `samples`: the slowest rank's times of one call; `spent`: the time they took all together.
  void add(const std::vector<Seconds>& samples, Seconds spent);
  const std::vector<Seconds>& samples() const { return samples_; }

 private:
  Effort effort_;
  Seconds left_;
  Seconds call_;
  int calls_per_sample_ = 1;
  std::vector<Seconds> samples_;
};

// A sampler whose samples are single calls.
Sampler isolated_sampler(const Effort& effort, Seconds budget, Seconds call);

}  // namespace shortfall

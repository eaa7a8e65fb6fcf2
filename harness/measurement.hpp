// The measuring loop of one case: batches of samples, each batch armed before and checked after.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/in_step.hpp"
#include "harness/manner.hpp"
#include "harness/runner.hpp"
#include "harness/trial.hpp"

namespace shortfall {

class Measurement {
 public:
  // `trial` is nullptr on an idle rank, which takes part in every vote all the same.
  Measurement(const Manner& manner, Trial* trial, Member& member, const Bench& bench,
              const Effort& effort);

  // Of what is timed back to back: `other` is done before each few samples.
  void in_turn_with(std::function<void()> other, int samples) {
    other_ = std::move(other);
    samples_of_turn_ = samples;
  }

  // Collective over the job. Throws Stopped, on all ranks alike, when one rank could not go on.
  Measured run();

 private:
  struct Batch {
    int samples = 1;
    int calls = 1;          // of each sample
    bool isolated = false;  // all ranks of the group synchronise before each sample
    bool first = false;     // what was never run may have to be loaded: it cannot be held
  };
  struct Times {  // of one iteration, by sample
    std::vector<Seconds> mine, slowest, skew;
  };

  void warm_up();
  void soak();
  Summary measure(Sampler sampler, bool isolated);
  Times take(const Batch& batch);
  std::vector<Seconds> timed(const Batch& batch);
  void back_to_back(const Batch& batch, std::vector<Stamp>& stamps);
  void one_by_one(const Batch& batch, std::vector<Stamp>& stamps);
  std::vector<Seconds> skew_of(const std::vector<Stamp>& stamps);
  void agree_on(const std::optional<Mismatch>& mine);
  void compare_over_ranks(const Details& details);
  Verification verification() const;

  Manner manner_;
  Trial* trial_;
  Member& member_;
  const Bench& bench_;
  Effort effort_;
  InStep in_step_;
  std::function<void()> other_;
  int samples_of_turn_ = 0;

  Seconds call_{0};  // what one takes, roughly
  Seconds in_calls_{0};
  Seconds soaked_{0};
  Seconds clock_offset_{0};
  std::uint64_t batches_ = 0;
  double run_ = 0, checked_ = 0;  // calls
  double iterations_ = 0;         // timed, without those of the warm-up
  std::optional<WrongData> wrong_;
  std::string wrong_operation_;     // of several
  std::vector<Seconds> mine_;       // of the primary timing
  std::vector<Seconds> last_skew_;  // of the last batch
  std::vector<Seconds> skew_;
  std::vector<double> clocks_;  // of the device, Hz, by batch
};

}  // namespace shortfall

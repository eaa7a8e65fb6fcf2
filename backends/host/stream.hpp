// The host works at once: when enqueue() returns, the work is done, and a stamp is a look at the
// clock.
#pragma once

#include <chrono>
#include <vector>

#include "backends/stream.hpp"

namespace shortfall {

class HostStream final : public Stream {
 public:
  HostStream() { reserve_stamps(2); }
  void reserve_stamps(std::size_t count) override {
    stamps_.assign(count, {});  // written once, so that no page fault is timed
    stamps_.clear();
  }
  Stamp stamp() override {
    stamps_.push_back(Clock::now());
    return {stamps_.size() - 1};
  }
  bool done() override { return true; }
  Seconds elapsed(Stamp from, Stamp to) override {
    return seconds(stamps_.at(to.number) - stamps_.at(from.number));
  }
  bool has_host_clock() const override { return true; }
  Seconds at(Stamp stamp) override { return seconds(stamps_.at(stamp.number).time_since_epoch()); }

 private:
  using Clock = std::chrono::steady_clock;  // World::now() reads the same
  static Seconds seconds(Clock::duration time) {
    return {std::chrono::duration<double>(time).count()};
  }

  std::vector<Clock::time_point> stamps_;
};

}  // namespace shortfall

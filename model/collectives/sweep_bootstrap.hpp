// How well a sweep pins down its fit: the fit is repeated on sweeps that might have been measured
// as well.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/collectives/sweep_fit.hpp"

namespace shortfall {

struct BootstrapOptions {
  double coverage = 0.9;  // how often an interval should contain the truth
  int repetitions = 400;
  std::uint64_t seed = 1;  // the same seed gives the same intervals
};

template <class Quantity>
struct Bounds {
  Quantity low, high;
};

// Errors of all points, made larger by what the fit has absorbed of them, are dealt out anew to the
// fitted times, and every segment is fitted again. Segments stay where they are: an interval says
// how sure the numbers are if the cuts are right.
class SweepBootstrap {
 public:
  // `fit` is that of `points`. Throws BadUsage where there are no more points than fitted numbers,
  // and on options that are out of range.
  SweepBootstrap(std::span<const SweepPoint> points, const SweepFit& fit,
                 const BootstrapOptions& options = {});

  // Of the expected time, not of a single measurement.
  Bounds<Seconds> time(Bytes bytes) const;

  Bounds<Seconds> latency(std::size_t segment) const;
  Bounds<Bandwidth> bandwidth(std::size_t segment) const;
  Bounds<Bytes> half_bandwidth_size(std::size_t segment) const;

 private:
  template <class Quantity>
  Bounds<Quantity> bounds(auto&& value_of) const;

  std::vector<SweepFit> repetitions_;
  double coverage_;
};

}  // namespace shortfall

// Work on registers alone: what a core can do when nothing is in the way.
#pragma once

#include <cstdint>

#include "core/operation/work.hpp"

namespace shortfall {

// Operations of one PeakRate call, shared among the rank's threads, and steps of one ClockChain.
// The first is a multiple of 24 registers times every width in use, 16 ms at 200 GFLOP/s; that of
// accelerators 1 ms at 50 TFLOP/s.
inline constexpr std::int64_t peak_rate_operations = std::int64_t{3} << 30;
inline constexpr std::int64_t accelerated_peak_rate_operations = 16 * peak_rate_operations;
inline constexpr std::int64_t clock_chain_steps = 1 << 17;

// Multiply-adds on registers alone, by the widest instruction that this processor has for the type.
struct PeakRate {
  DType type = DType::f32;
  std::int64_t operations = peak_rate_operations;  // of one call
  friend bool operator==(const PeakRate&, const PeakRate&) = default;
};

// Instructions of one cycle each, every one waiting for the one before: time per cycle.
struct ClockChain {
  friend bool operator==(const ClockChain&, const ClockChain&) = default;
};

inline Layout layout_of(const PeakRate&, const Group&) { return {{}, {DType::f64, 1}}; }
inline Layout layout_of(const ClockChain&, const Group&) { return {{}, {DType::f64, 1}}; }

inline Work work_of(const PeakRate& rate, const Group&) {
  return {.flop = {static_cast<double>(rate.operations)}};
}
inline Work work_of(const ClockChain&, const Group&) {
  return {.cycles = {static_cast<double>(clock_chain_steps)}};
}

}  // namespace shortfall

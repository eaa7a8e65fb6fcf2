// What the system adds to everybody's times: reading a clock, waking a thread, and interrupting
// one.
#pragma once

#include <cstdint>

#include "core/operation/work.hpp"

namespace shortfall {

// Reads of the clock that everything here is timed with.
struct ClockRead {
  friend bool operator==(const ClockRead&, const ClockRead&) = default;
};

// From waking a sleeping thread until it runs.
struct ThreadWake {
  friend bool operator==(const ThreadWake&, const ThreadWake&) = default;
};

// Equal quanta of work on registers, each of them timed: what takes longer was interrupted.
struct NoiseProbe {
  friend bool operator==(const NoiseProbe&, const NoiseProbe&) = default;
};

// Of one call of each. A quantum's additions take about 20 us, a thousand times as long as the
// reading of the clock after it.
inline constexpr std::int64_t clock_reads = 1024;
inline constexpr std::int64_t wake_round_trips = 64;  // there and back: two wakes
inline constexpr std::int64_t noise_quanta = 2048;
inline constexpr std::int64_t steps_of_quantum = 3 << 14;

// Each leaves behind what it counted, as a number that is known beforehand.
inline Layout layout_of(const ClockRead&, const Group&) { return {{}, {DType::f64, 1}}; }
inline Layout layout_of(const ThreadWake&, const Group&) { return {{}, {DType::f64, 1}}; }
inline Layout layout_of(const NoiseProbe&, const Group&) { return {{}, {DType::f64, 1}}; }

inline Work work_of(const ClockRead&, const Group&) { return {}; }
inline Work work_of(const ThreadWake&, const Group&) { return {}; }
inline Work work_of(const NoiseProbe&, const Group&) {
  return {.cycles = {static_cast<double>(steps_of_quantum)}};
}

// Reads, wakes, quanta: times are of one of them.
inline int iterations_of(const ClockRead&) { return clock_reads; }
inline int iterations_of(const ThreadWake&) { return 2 * wake_round_trips; }
inline int iterations_of(const NoiseProbe&) { return noise_quanta; }

}  // namespace shortfall

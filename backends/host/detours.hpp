// Finds what interrupted a rank, in the times of equal quanta of work.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "backends/device.hpp"

namespace shortfall {

// What a quantum takes longer than those around it is a detour. "Around it" are the 64 quanta of
// its window (about 1 ms), and the yardstick is their lower quartile: processors change their clock
// while they work, virtual ones most of all, and a clock that is slower than it was a second ago is
// no interruption. At most one window in which it changes is judged wrongly.
class Detours {
 public:
  static constexpr std::size_t window = 64;
  static constexpr Seconds shortest{1e-6};  // below, a detour cannot be told from jitter

  void add(std::span<const Seconds> quanta);  // in order; allocates nothing

  // noise_share, longest_detour_s, detours_per_s, quantum_s, observed_s, and the number of detours
  // by their length: "detours_1us_to_2us", ..., "detours_over_10ms".
  std::vector<Figure> figures() const;

 private:
  struct Bucket {
    const char* name;
    Seconds below;
  };
  static constexpr std::array<Bucket, 13> buckets{{{"detours_1us_to_2us", {2e-6}},
                                                   {"detours_2us_to_5us", {5e-6}},
                                                   {"detours_5us_to_10us", {10e-6}},
                                                   {"detours_10us_to_20us", {20e-6}},
                                                   {"detours_20us_to_50us", {50e-6}},
                                                   {"detours_50us_to_100us", {100e-6}},
                                                   {"detours_100us_to_200us", {200e-6}},
                                                   {"detours_200us_to_500us", {500e-6}},
                                                   {"detours_500us_to_1ms", {1e-3}},
                                                   {"detours_1ms_to_2ms", {2e-3}},
                                                   {"detours_2ms_to_5ms", {5e-3}},
                                                   {"detours_5ms_to_10ms", {10e-3}},
                                                   {"detours_over_10ms", {1e300}}}};

  void add_window(std::span<const Seconds> quanta);
  void count(Seconds detour);

  std::array<std::int64_t, buckets.size()> counts_{};
  Seconds observed_{0}, lost_{0}, longest_{0};
  Seconds yardsticks_{0};  // their sum, quantum by quantum
  std::int64_t quanta_ = 0;
};

}  // namespace shortfall

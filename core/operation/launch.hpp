// What it takes to start work on a device, and to learn that it is done.
#pragma once

#include <cstdint>

#include "core/operation/work.hpp"

namespace shortfall {

// Work that is next to nothing, so that only starting it takes time.
struct Launch {
  enum class Kind {
    stream,      // kernels one after another on a stream
    graph,       // the same, as one graph that is launched at once
    round_trip,  // a kernel, then waiting until the host sees what it has written
    synchronize  // asking a stream on which nothing is left to do
  };
  Kind kind = Kind::stream;
  friend bool operator==(const Launch&, const Launch&) = default;
};

// Kernels (synchronisations) of one call; times are of one of them.
inline constexpr std::int64_t launches_of_call = 64;

// How many of them there were: each adds one, the first of a call to zero.
inline Layout layout_of(const Launch&, const Group&) { return {{}, {DType::f64, 1}}; }
inline Work work_of(const Launch&, const Group&) { return {}; }
inline int iterations_of(const Launch&) { return launches_of_call; }

}  // namespace shortfall

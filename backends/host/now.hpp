// The clock by which the host chooses among several ways to do the same.
#pragma once

#include <chrono>

namespace shortfall {

inline double now() {  // seconds
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace shortfall

// Numbers of 64 bits under the name that atomic functions of the device know them by. Included by
// code for the device: C++17.
#pragma once

#include <cstdint>

namespace shortfall::cuda {

inline unsigned long long* for_atomics(std::uint64_t* number) {
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  return reinterpret_cast<unsigned long long*>(number);
}

}  // namespace shortfall::cuda

// Hashes that verification draws its numbers from. Not for cryptography.
#pragma once

#include <cstdint>

namespace shortfall {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input changes about half
// of the output.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

// The same for 32 bits (constants of Wellons' hash prospector), cheap in vector registers.
constexpr std::uint32_t mix32(std::uint32_t x) {
  x = (x ^ (x >> 16U)) * 0x7feb352dU;
  x = (x ^ (x >> 15U)) * 0x846ca68bU;
  return x ^ (x >> 16U);
}

}  // namespace shortfall

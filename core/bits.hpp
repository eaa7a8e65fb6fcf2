// The bits of numbers, for code that also runs on accelerators: in C++17, and constant expressions.
#pragma once

#include <cstdint>

namespace shortfall {

constexpr std::uint32_t raw_bits(float value) { return __builtin_bit_cast(std::uint32_t, value); }
constexpr std::uint64_t raw_bits(double value) { return __builtin_bit_cast(std::uint64_t, value); }
constexpr float float_of(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
constexpr double double_of(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }

}  // namespace shortfall

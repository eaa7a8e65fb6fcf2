// Quantities with their unit in the type: seconds, bytes, operations, clock cycles and their rates.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace shortfall {

// Stored in the SI base unit; scaling to GB/s or µs happens once, in reporters/.
template <class Unit>
struct Quantity {
  double value = 0;

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
  friend constexpr Quantity operator*(Quantity a, double k) { return {a.value * k}; }
  friend constexpr Quantity operator/(Quantity a, double k) { return {a.value / k}; }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value / b.value; }
};

template <class Unit>
struct PerSecond {};

using Seconds = Quantity<struct SecondUnit>;
using Bytes = Quantity<struct ByteUnit>;
using Flops = Quantity<struct FlopUnit>;  // an integer multiply-add counts as two, too
using Messages = Quantity<struct MessageUnit>;
using Cycles = Quantity<struct CycleUnit>;
using Joules = Quantity<struct JouleUnit>;

template <class Unit>
using Rate = Quantity<PerSecond<Unit>>;
using Bandwidth = Rate<ByteUnit>;
using Throughput = Rate<FlopUnit>;
using MessageRate = Rate<MessageUnit>;
using Frequency = Rate<CycleUnit>;

template <class Unit>
struct PerJoule {};
template <class Unit>
using Yield = Quantity<PerJoule<Unit>>;

template <class Unit>
constexpr Yield<Unit> operator/(Quantity<Unit> amount, Joules energy) {
  return {amount.value / energy.value};
}

template <class Unit>
constexpr Rate<Unit> operator/(Quantity<Unit> amount, Seconds time) {
  return {amount.value / time.value};
}

template <class Unit>
constexpr Seconds operator/(Quantity<Unit> amount, Rate<Unit> rate) {
  return {amount.value / rate.value};
}

constexpr Bytes operator""_B(unsigned long long n) { return {static_cast<double>(n)}; }
constexpr Bytes operator""_KiB(unsigned long long n) { return {static_cast<double>(n << 10)}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return {static_cast<double>(n << 20)}; }
constexpr Bytes operator""_GiB(unsigned long long n) { return {static_cast<double>(n << 30)}; }

// Whole bytes, for allocation and counting.
constexpr std::size_t whole(Bytes bytes) { return static_cast<std::size_t>(bytes.value); }

}  // namespace shortfall

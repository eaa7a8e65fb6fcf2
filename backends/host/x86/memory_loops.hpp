// The passes over memory as loops over vectors, for every level of x86 that has a `Vector`:
//   Vector (a type with + and *), lanes, load, store, stream (a non-temporal store), gather.
//
// Each source that includes this is compiled for a level of its own. Its vector type must be in an
// unnamed namespace, or the linker could take one level's loops for another's; and nothing of the
// standard library is called here, whose inline functions would be of that level, too.
#pragma once

#include <emmintrin.h>

#include "backends/host/memory_kernels.hpp"

namespace shortfall {

// term(i) is the vector from element i on.
template <class V, class Term>
double sum_of(std::size_t count, Term term) {
  constexpr std::size_t chains = 8;  // hide the latency of an addition
  // All loops over the sums are unrolled, or they would lie in memory instead of registers.
  typename V::Vector sums[chains];
#pragma GCC unroll 8
  for (std::size_t j = 0; j < chains; ++j) sums[j] = typename V::Vector{};
  std::size_t i = 0;
  for (; i + chains * V::lanes <= count; i += chains * V::lanes) {
#pragma GCC unroll 8
    for (std::size_t j = 0; j < chains; ++j) sums[j] += term(i + j * V::lanes);
  }
  for (; i < count; i += V::lanes) sums[0] += term(i);
#pragma GCC unroll 8
  for (std::size_t j = 0; j < chains; j += 2) sums[j] += sums[j + 1];
#pragma GCC unroll 8
  for (std::size_t j = 2; j < chains; j += 2) sums[0] += sums[j];
  double sum = 0;
  for (std::size_t lane = 0; lane < V::lanes; ++lane) sum += sums[0][lane];
  return sum;
}

template <class V, bool is_temporal>
void put(double* to, typename V::Vector value) {
  if constexpr (is_temporal) {
    V::store(to, value);
  } else {
    V::stream(to, value);
  }
}

template <class V, bool is_temporal, class Value>
void store_each(double* to, std::size_t count, Value value) {
  // Elements that a loop handles at once. Small arrays need it, non-temporal stores do not like it.
  constexpr std::size_t block = is_temporal ? 4 * V::lanes : V::lanes;
  std::size_t i = 0;
  for (; i + block <= count; i += block) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < block; j += V::lanes) put<V, is_temporal>(to + i + j, value(i + j));
  }
  for (; i < count; i += V::lanes) put<V, is_temporal>(to + i, value(i));
  if constexpr (!is_temporal) _mm_sfence();
}

// The pointers are copied before each loop: its stores could otherwise have changed them.
template <class V>
struct SumLoops {
  static double read(const PassArrays& on) {
    const double* const a = on.from[0];
    return sum_of<V>(on.count, [a](std::size_t i) { return V::load(a + i); });
  }
  static double dot(const PassArrays& on) {
    const double *const a = on.from[0], *const b = on.from[1];
    return sum_of<V>(on.count, [a, b](std::size_t i) { return V::load(a + i) * V::load(b + i); });
  }
};

template <class V, bool is_temporal>
struct StoreLoops {
  using Vector = typename V::Vector;

  static void write(const PassArrays& on) {
    const Vector constant = Vector{} + MemoryPass::constant;
    each(on, [constant](std::size_t) { return constant; });
  }
  static void scale(const PassArrays& on) {
    const double* const b = on.from[0];
    each(on, [b](std::size_t i) { return MemoryPass::scale * V::load(b + i); });
  }
  static void triad(const PassArrays& on) {
    const double *const b = on.from[0], *const c = on.from[1];
    each(on, [b, c](std::size_t i) { return V::load(b + i) + MemoryPass::scale * V::load(c + i); });
  }
  static void gather(const PassArrays& on) {
    const double* const table = on.from[0];
    const std::int32_t* const index = on.index;
    each(on, [table, index](std::size_t i) { return V::gather(table, index + i); });
  }
  // One is a copy, two are an addition.
  template <int reads>
  static void mix(const PassArrays& on) {
    struct Sources {
      const double* array[reads];
    } from{};
    for (int j = 0; j < reads; ++j) from.array[j] = on.from[j];
    each(on, [from](std::size_t i) {
      Vector sum = V::load(from.array[0] + i);
#pragma GCC unroll 4
      for (int j = 1; j < reads; ++j) sum += V::load(from.array[j] + i);
      return sum;
    });
  }

 private:
  template <class Value>
  static void each(const PassArrays& on, Value value) {
    store_each<V, is_temporal>(on.to, on.count, value);
  }
};

template <class V>
constexpr MemoryKernels kernels_of(std::string_view isa) {
  using Sums = SumLoops<V>;
  using Regular = StoreLoops<V, true>;
  using Streaming = StoreLoops<V, false>;
  return {isa,
          Sums::read,
          Sums::dot,
          {Regular::write, Streaming::write},
          {Regular::template mix<1>, Streaming::template mix<1>},
          {Regular::scale, Streaming::scale},
          {Regular::template mix<2>, Streaming::template mix<2>},
          {Regular::triad, Streaming::triad},
          {Regular::gather, Streaming::gather},
          {{Regular::template mix<1>, Streaming::template mix<1>},
           {Regular::template mix<2>, Streaming::template mix<2>},
           {Regular::template mix<3>, Streaming::template mix<3>},
           {Regular::template mix<4>, Streaming::template mix<4>}}};
}

}  // namespace shortfall

// How blocks of the shapes that need one rank alone are written.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/draw_data.hpp"
#include "core/error.hpp"

namespace shortfall::draw {

// Elements are made in blocks: those of a block share their contributing ranks, and its loop can be
// vectorised.
constexpr std::size_t block_size = 64;

template <class T>
using Block = std::span<T>;  // at most block_size elements, within one aligned block
using Numbers = std::array<std::int32_t, block_size>;

// The first of the ranks that contribute to elements of a block; the others follow every one_in.
inline int first_contributor(std::size_t index, const Pattern& p) {
  if (p.range.one_in == 1) return 0;
  const std::uint64_t hash = mix64(index / block_size ^ mix64(p.draw.batch ^ p.draw.seed));
  return static_cast<int>(hash % static_cast<std::uint64_t>(p.range.one_in));
}

// `to` becomes what `rank` draws for the elements from `first` on.
template <class T>
void draw_numbers(std::span<std::int32_t> to, int rank, int operand, std::size_t first,
                  const Pattern& p) {
  const Key key = key_of(rank, operand, p.draw);
  const int width = std::max(p.range.bits + (std::is_unsigned_v<T> ? 0 : 1), 1);
  each_bits(first, to.size(), key, [&](std::size_t i, std::uint32_t random) {
    to[i] = std::is_unsigned_v<T> ? unsigned_number(random, width) : signed_number(random, width);
  });
}

template <class T>
void store(Block<T> out, std::span<const std::int32_t> numbers) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = from_number<T>(numbers[i]);
}

template <class T>
void fill(Block<T> out, std::size_t, const Pattern&, const Poison&) {
  if constexpr (std::is_integral_v<T>) {
    std::memset(out.data(), 0x7f, out.size_bytes());
  } else {
    std::ranges::fill(out, from_number<T>(std::numeric_limits<double>::quiet_NaN()));
  }
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Own& own) {
  const std::size_t at = (own.first + first) % own.period;
  const std::size_t run = std::min(out.size(), own.period - at);
  Numbers numbers{};
  if (own.rank % p.range.one_in == first_contributor(at, p)) {
    draw_numbers<T>(std::span(numbers).first(run), own.rank, own.operand, at, p);
  }
  store<T>(out.first(run), numbers);
  if (run < out.size()) fill<T>(out.subspan(run), first + run, p, own);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Drawn& drawn) {
  with_elements<T>(drawn, p.draw, [&](auto element) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = element(first + i);
  });
}

template <class T>
void fill(Block<T>, std::size_t, const Pattern&, const Product&) {
  throw Error("write a pattern", "a product cannot be written, only checked");
}

}  // namespace shortfall::draw

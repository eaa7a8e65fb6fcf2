// How blocks of the shapes that need one rank alone are written.
#pragma once

#include <algorithm>
#include <array>

#include "core/draw_data.hpp"
#include "core/draw_number.hpp"
#include "core/error.hpp"

namespace shortfall::draw {

// Elements are made in blocks: the loop over one can be vectorised.
template <class T>
using Block = std::span<T>;  // at most block_size elements, within one aligned block
using Numbers = std::array<std::int32_t, block_size>;

// `to` becomes what `rank` draws for the elements from `first` on.
template <class T>
void draw_numbers(std::span<std::int32_t> to, int rank, int operand, std::size_t first,
                  const Pattern& p) {
  const Key key = key_of(rank, operand, p.draw);
  const int width = width_of<T>(p.range.bits), multiple = p.range.multiple;
  if (p.range.is_of_factors) {
    each_bits(first, to.size(), key,
              [&](std::size_t i, std::uint32_t random) { to[i] = factor<T>(random); });
    return;
  }
  each_bits(first, to.size(), key, [&](std::size_t i, std::uint32_t random) {
    to[i] = number<T>(random, width) * multiple;
  });
}

template <class T>
void store(Block<T> out, std::span<const std::int32_t> numbers) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = from_number<T>(numbers[i]);
}

template <class T>
void fill(Block<T> out, std::size_t, const Pattern&, const Poison&) {
  std::ranges::fill(out, poison<T>());
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Own& own) {
  const std::size_t at = (own.first + first) % own.period;
  const std::size_t one_choice =
      p.range.one_in == 1 ? out.size() : block_size - at % block_size;  // of contributors
  const std::size_t run = std::min({out.size(), own.period - at, one_choice});
  Numbers numbers{};
  numbers.fill(neutral(p.range.is_of_factors));
  if (own.rank % p.range.one_in == first_contributor(at, p.range.one_in, salt_of(p.draw))) {
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

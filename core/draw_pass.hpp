// How blocks of what passes over memory read and leave are written.
#pragma once

#include "core/draw_block.hpp"

namespace shortfall::draw {

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Indices& indices) {
  const Key key = key_of(indices.rank, indices.operand, p.draw);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = from_number<T>(index_at(first + i, indices.below, key));
  }
}

template <class T>
void fill(Block<T> out, std::size_t, const Pattern&, const Constant& constant) {
  std::ranges::fill(out, from_number<T>(constant.value));
}

// What operand number `operand` holds from element `first` on.
inline Numbers operand_of(const Passed& passed, int operand, std::size_t first, std::size_t count,
                          const Pattern& p) {
  Numbers numbers{};
  draw_numbers<double>(std::span(numbers).first(count), passed.rank, operand, first, p);
  return numbers;
}

inline double sum_of(const Pattern& p, const Passed& passed) {
  const bool is_of_products = passed.pass.kind == MemoryPass::Kind::dot;
  double sum = 0;
  for (std::size_t first = 0; first < passed.count; first += block_size) {
    const std::size_t count = std::min(block_size, passed.count - first);
    const Numbers a = operand_of(passed, 0, first, count, p);
    if (is_of_products) {
      const Numbers b = operand_of(passed, 1, first, count, p);
      for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * b[i];
    } else {
      for (std::size_t i = 0; i < count; ++i) sum += a[i];
    }
  }
  return sum;
}

inline Numbers gathered(std::size_t first, std::size_t count, const Pattern& p,
                        const Passed& passed) {
  const Key key = key_of(passed.rank, 1, p.draw);
  Numbers numbers{};
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = static_cast<std::size_t>(index_at(first + i, passed.count, key));
    draw_numbers<double>(std::span(numbers).subspan(i, 1), passed.rank, 0, from, p);
  }
  return numbers;
}

// How often each operand goes into an element.
using Weights = std::array<std::int32_t, MemoryPass::most_reads>;

inline Weights weights_of(const MemoryPass& pass) {
  using Kind = MemoryPass::Kind;
  constexpr auto scale = static_cast<std::int32_t>(MemoryPass::scale);
  switch (pass.kind) {
    case Kind::scale:
      return {scale};
    case Kind::add:
      return {1, 1};
    case Kind::triad:
      return {1, scale};
    case Kind::mix: {
      Weights all{};
      std::fill_n(all.begin(), pass.reads, 1);
      return all;
    }
    default:
      return {1};
  }
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Passed& passed) {
  if (is_sum(passed.pass.kind)) {
    out[0] = from_number<T>(sum_of(p, passed));
    return;
  }
  if (passed.pass.kind == MemoryPass::Kind::gather) {
    return store<T>(out, gathered(first, out.size(), p, passed));
  }
  const Weights weights = weights_of(passed.pass);
  Numbers value{};
  for (std::size_t operand = 0; operand < weights.size() && weights[operand] != 0; ++operand) {
    const Numbers term = operand_of(passed, static_cast<int>(operand), first, out.size(), p);
    for (std::size_t i = 0; i < block_size; ++i) value[i] += weights[operand] * term[i];
  }
  store<T>(out, value);
}

}  // namespace shortfall::draw

// What one thread of many does to write, compare, sum and hash patterns: bodies of kernels, which
// tests run on the host. Included by code for the device: C++17.
#pragma once

#include "backends/cuda/pattern_element.hpp"

namespace shortfall::cuda {

constexpr std::uint64_t nothing_wrong = ~std::uint64_t{0};

// One thread of a launch.
struct Worker {
  std::size_t number, of;
};

// The elements [first, first + count) side by side, of at most 8 bytes.
template <class T, class Element>
constexpr std::uint64_t word_of(Element element, std::size_t first, int count) {
  std::uint64_t word = 0;
  for (int i = 0; i < count; ++i) {
    word |= element(first + static_cast<std::size_t>(i)) << (bits_in_memory<T> * i);
  }
  return word;
}

template <class T>
struct PackOf {
  static constexpr int per_word = 64 / bits_in_memory<T>;
  static constexpr std::size_t count = 2 * per_word;  // elements

  // Of which there are only `left` at the end of a pattern.
  template <class Element>
  static constexpr Pack made(Element element, std::size_t first, std::size_t left) {
    const int in_low = left < per_word ? static_cast<int>(left) : per_word;
    const int in_high = static_cast<int>(left) - in_low;
    return {word_of<T>(element, first, in_low), word_of<T>(element, first + per_word, in_high)};
  }
  template <class Element>
  static constexpr Pack made(Element element, std::size_t first) {
    return {word_of<T>(element, first, per_word), word_of<T>(element, first + per_word, per_word)};
  }
};

// At most 15 bytes at the end, one by one: nothing beyond them is touched.
constexpr unsigned char byte_of(const Pack& pack, std::size_t number) {
  const std::uint64_t word = number < 8 ? pack.low : pack.high;
  return static_cast<unsigned char>(word >> (8 * (number % 8)));
}
constexpr Pack pack_of_bytes(const unsigned char* from, std::size_t count) {
  Pack pack{0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t& word = i < 8 ? pack.low : pack.high;
    word |= std::uint64_t{from[i]} << (8 * (i % 8));
  }
  return pack;
}

template <class T>
struct FillBody {
  Stretch to;
  std::size_t count;
  Worker worker;

  template <class Element>
  constexpr void operator()(Element element) const {
    const std::size_t whole = count / PackOf<T>::count;
    for (std::size_t p = worker.number; p < whole; p += worker.of) {
      to.packs[p] = PackOf<T>::made(element, p * PackOf<T>::count);
    }
    if (worker.number != 0) return;
    const std::size_t first = whole * PackOf<T>::count;
    const std::size_t bytes = ((count - first) * bits_in_memory<T> + 7) / 8;
    const Pack last = PackOf<T>::made(element, first, count - first);
    for (std::size_t i = 0; i < bytes; ++i) to.bytes[whole * sizeof(Pack) + i] = byte_of(last, i);
  }
};

// The index of the first element of this worker that is not what it should be, or nothing_wrong.
template <class T>
struct CompareBody {
  Stretch found;
  std::size_t count;
  bool bits_decide;
  Worker worker;

  template <class Element>
  constexpr std::uint64_t operator()(Element element) const {
    const std::size_t whole = count / PackOf<T>::count;
    for (std::size_t p = worker.number; p < whole; p += worker.of) {
      const std::size_t first = p * PackOf<T>::count;
      const std::uint64_t wrong = wrong_in(found.packs[p], PackOf<T>::made(element, first), first);
      if (wrong < count) return wrong;
    }
    if (worker.number != 0) return nothing_wrong;
    const std::size_t first = whole * PackOf<T>::count;
    const std::size_t bytes = ((count - first) * bits_in_memory<T> + 7) / 8;
    const Pack last = pack_of_bytes(found.bytes + whole * sizeof(Pack), bytes);
    return wrong_in(last, PackOf<T>::made(element, first, count - first), first);
  }

 private:
  constexpr std::uint64_t wrong_in(const Pack& got, const Pack& want, std::size_t first) const {
    if (bits_decide && got.low == want.low && got.high == want.high) return nothing_wrong;
    const std::uint64_t in_low = wrong_in(got.low, want.low, first);
    return in_low != nothing_wrong ? in_low
                                   : wrong_in(got.high, want.high, first + PackOf<T>::per_word);
  }
  // 0 is -0, and NaN is nothing.
  constexpr std::uint64_t wrong_in(std::uint64_t got, std::uint64_t want, std::size_t first) const {
    constexpr std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits_in_memory<T>);
    for (int i = 0; i < PackOf<T>::per_word; ++i) {
      const std::size_t at = first + static_cast<std::size_t>(i);
      const int shift = bits_in_memory<T> * i;
      const double is = draw::to_number(from_raw<T>(got >> shift & mask));
      const double should = draw::to_number(from_raw<T>(want >> shift & mask));
      if (at < count && !(is == should)) return at;
    }
    return nothing_wrong;
  }
};

struct ElementBody {
  std::size_t index;
  template <class Element>
  constexpr std::uint64_t operator()(Element element) const {
    return element(index);
  }
};

// All sums of whole numbers are exact, and so small that their order does not matter.
constexpr std::int64_t sum_of_part(const SumTask& t, Worker worker) {
  const int width = draw::width_of<double>(t.bits);
  std::int64_t sum = 0;
  for (std::size_t i = worker.number; i < t.count; i += worker.of) {
    std::int64_t term = draw::number<double>(draw::bits(i, t.a), width);
    if (t.is_of_products) term *= draw::number<double>(draw::bits(i, t.b), width);
    sum += term;
  }
  return sum;
}

// A word hashes to different values at different places, and at one place different words to
// different values: a sum of these depends on all words, and on no order.
constexpr std::uint64_t hash_of_word(std::uint64_t word, std::size_t place) {
  return mix64(word ^ place * 0x9e3779b97f4a7c15U);
}

constexpr std::uint64_t hash_of_part(const Stretch& of, std::size_t bytes, Worker worker) {
  const std::size_t whole = bytes / sizeof(Pack);
  std::uint64_t hash = 0;
  for (std::size_t p = worker.number; p < whole; p += worker.of) {
    const Pack pack = of.packs[p];
    hash += hash_of_word(pack.low, 2 * p) + hash_of_word(pack.high, 2 * p + 1);
  }
  if (worker.number != 0) return hash;
  const Pack last = pack_of_bytes(of.bytes + whole * sizeof(Pack), bytes % sizeof(Pack));
  return hash + hash_of_word(last.low, 2 * whole) + hash_of_word(last.high, 2 * whole + 1);
}

}  // namespace shortfall::cuda

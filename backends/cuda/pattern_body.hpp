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
constexpr Worker worker_of(unsigned block, unsigned blocks, unsigned thread, unsigned threads) {
  return {std::size_t{block} * threads + thread, std::size_t{blocks} * threads};
}

template <class T>
struct PackOf {
  static constexpr int per_word = 64 / bits_in_memory<T>;
  static constexpr std::size_t count = 2 * per_word;  // elements

  // Elements from `first` on, of which there are `left`.
  template <class Element>
  static constexpr Pack made(Element element, std::size_t first, std::size_t left) {
    // Code that knows how many: worth its length for few of them, which large arrays consist of.
    if constexpr (per_word <= 2) {
      if (left >= count) return {word_of(element, first), word_of(element, first + per_word)};
    }
    return made_one_by_one(element, first, left);
  }

 private:
  template <class Element>
  static constexpr std::uint64_t word_of(Element element, std::size_t first) {
    std::uint64_t word = 0;
    for (int i = 0; i < per_word; ++i) {
      word |= element(first + static_cast<std::size_t>(i)) << (bits_in_memory<T> * i);
    }
    return word;
  }

  template <class Element>
  static constexpr Pack made_one_by_one(Element element, std::size_t first, std::size_t left) {
    Pack pack{0, 0};
    const int here = left < count ? static_cast<int>(left) : static_cast<int>(count);
    for (int i = 0; i < here; ++i) {
      const std::uint64_t raw = element(first + static_cast<std::size_t>(i));
      const std::uint64_t moved = raw << (bits_in_memory<T> * (i % per_word));
      // Without branches, as registers have no index.
      pack.low |= i < per_word ? moved : 0;
      pack.high |= i < per_word ? 0 : moved;
    }
    return pack;
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
    const std::uint64_t moved = std::uint64_t{from[i]} << (8 * (i % 8));
    pack.low |= i < 8 ? moved : 0;
    pack.high |= i < 8 ? 0 : moved;
  }
  return pack;
}

template <class T>
constexpr std::size_t packs_of(std::size_t count) {
  return (count + PackOf<T>::count - 1) / PackOf<T>::count;
}
template <class T>
constexpr std::size_t bytes_of_last(std::size_t left) {
  return (left * bits_in_memory<T> + 7) / 8;
}

template <class T>
struct FillBody {
  Stretch to;
  std::size_t count;
  Worker worker;

  template <class Element>
  constexpr void operator()(Element element) const {
    for (std::size_t p = worker.number; p < packs_of<T>(count); p += worker.of) {
      const std::size_t first = p * PackOf<T>::count, left = count - first;
      const Pack pack = PackOf<T>::made(element, first, left);
      if (left >= PackOf<T>::count) {
        to.packs[p] = pack;
      } else {
        unsigned char* const last = to.bytes + p * sizeof(Pack);
        for (std::size_t i = 0; i < bytes_of_last<T>(left); ++i) last[i] = byte_of(pack, i);
      }
    }
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
    for (std::size_t p = worker.number; p < packs_of<T>(count); p += worker.of) {
      const std::size_t first = p * PackOf<T>::count, left = count - first;
      const Pack got = left >= PackOf<T>::count
                           ? found.packs[p]
                           : pack_of_bytes(found.bytes + p * sizeof(Pack), bytes_of_last<T>(left));
      const Pack want = PackOf<T>::made(element, first, left);
      if (bits_decide && got.low == want.low && got.high == want.high) continue;
      const std::uint64_t wrong = wrong_in(got, want, first);
      if (wrong != nothing_wrong) return wrong;
    }
    return nothing_wrong;
  }

 private:
  // 0 is -0, and NaN is nothing.
  constexpr std::uint64_t wrong_in(const Pack& got, const Pack& want, std::size_t first) const {
    for (std::size_t i = 0; i < PackOf<T>::count && first + i < count; ++i) {
      if (!(number_in(got, i) == number_in(want, i))) return first + i;
    }
    return nothing_wrong;
  }
  static constexpr double number_in(const Pack& pack, std::size_t i) {
    constexpr std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits_in_memory<T>);
    const std::uint64_t word = i < PackOf<T>::per_word ? pack.low : pack.high;
    const std::size_t shift = bits_in_memory<T> * (i % PackOf<T>::per_word);
    return draw::to_number(from_raw<T>(word >> shift & mask));
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

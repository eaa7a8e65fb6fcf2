// Element i of a PatternTask, as bits: what core's write() puts there. Included by code for the
// device: C++17.
#pragma once

#include "backends/cuda/pattern_task.hpp"

namespace shortfall::cuda {

// Of one number in memory: e2m1 has two in a byte, the first in its lower half.
template <class T>
constexpr int bits_in_memory = std::is_same_v<T, F4E2M1> ? 4 : 8 * static_cast<int>(sizeof(T));

template <class T>
constexpr std::uint64_t raw_of(T number) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::make_unsigned_t<T>>(number);
  } else if constexpr (std::is_floating_point_v<T>) {
    return raw_bits(number);
  } else if constexpr (std::is_same_v<T, draw::Tf32>) {
    return raw_bits(number.value);
  } else {
    return number.bits;
  }
}

template <class T>
constexpr T from_raw(std::uint64_t raw) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(raw);
  } else if constexpr (std::is_same_v<T, double>) {
    return double_of(raw);
  } else if constexpr (std::is_same_v<T, float>) {
    return float_of(static_cast<std::uint32_t>(raw));
  } else {
    T number;
    if constexpr (std::is_same_v<T, draw::Tf32>) {
      number.value = float_of(static_cast<std::uint32_t>(raw));
    } else {
      number.bits = static_cast<decltype(number.bits)>(raw);
    }
    return number;
  }
}

template <class T>
constexpr std::uint64_t raw_of_number(std::int32_t number) {
  return raw_of(draw::from_number<T>(number));
}

template <class T>
constexpr std::int32_t plain_number_at(std::size_t i, draw::Key key, const NumberRange& range) {
  return draw::number<T>(draw::bits(i, key), draw::width_of<T>(range.bits));
}

template <class T>
constexpr std::int32_t number_at(std::size_t i, draw::Key key, const NumberRange& range) {
  if (range.is_of_factors) return draw::factor<T>(draw::bits(i, key));
  return plain_number_at<T>(i, key, range) * range.multiple;
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t, const SamePart& part, const NumberRange&) {
  return part.bits;
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const PlainPart& part, const NumberRange& range) {
  return raw_of_number<T>(plain_number_at<T>(part.first + i, part.key, range));
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const OwnPart& part, const NumberRange& range) {
  if (i < part.from || i >= part.beyond) return part.elsewhere;
  std::size_t at = i - part.from + part.first;
  if (at >= part.period) at %= part.period;  // divided only where it must be: it takes long
  const bool is_ours = part.turn == draw::first_contributor(at, range.one_in, range.salt);
  return raw_of_number<T>(is_ours ? number_at<T>(at, part.key, range)
                                  : draw::neutral(range.is_of_factors));
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const ReducedPart& part, const NumberRange& range) {
  const std::size_t at = part.first + i;
  std::int32_t result = draw::before_reduction(part.kind, range.one_in);
  int rank = draw::first_contributor(at, range.one_in, range.salt);
  for (; rank < part.ranks; rank += range.one_in) {
    const draw::Key key = draw::key_of(rank, 0, range.salt);
    result = draw::reduced(part.kind, result, number_at<T>(at, key, range));
  }
  return raw_of(draw::from_number<T>(draw::after_reduction(part.kind, result, part.ranks)));
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const BlocksPart& part, const NumberRange& range) {
  const std::size_t rank = i / part.block;
  const draw::Key key = draw::key_of(static_cast<int>(rank), 0, range.salt);
  return raw_of_number<T>(number_at<T>(part.first + (i - rank * part.block), key, range));
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const NeighborsPart& part, const NumberRange& range) {
  const bool is_before = i < part.block;
  return raw_of_number<T>(
      number_at<T>(is_before ? i : i - part.block, is_before ? part.before : part.after, range));
}

// Passes are over arrays of f64, whatever becomes of their numbers.
template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const WeightedPart& part, const NumberRange& range) {
  std::int32_t sum = 0;
  for (int operand = 0; operand < WeightedPart::most; ++operand) {
    if (part.weights[operand] == 0) break;
    sum += part.weights[operand] * plain_number_at<double>(i, part.keys[operand], range);
  }
  return raw_of_number<T>(sum);
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const GatheredPart& part, const NumberRange& range) {
  const auto from = static_cast<std::size_t>(draw::index_at(i, part.below, part.index));
  return raw_of_number<T>(plain_number_at<double>(from, part.number, range));
}

template <class T>
constexpr std::uint64_t raw_at(std::size_t i, const IndicesPart& part, const NumberRange&) {
  return raw_of_number<T>(draw::index_at(i, part.below, part.key));
}

template <class T, class Part>
struct ElementOfPart {
  Part part;
  NumberRange range;
  constexpr std::uint64_t operator()(std::size_t i) const { return raw_at<T>(i, part, range); }
};

struct RawAt {
  std::size_t i;
  template <class Element>
  constexpr std::uint64_t operator()(Element element) const {
    return raw_of(element(i));
  }
};

// Of forms that take longer to draw than to write, or are rare: which one is asked at every
// element, for the sake of less code.
template <class T>
struct OtherElement {
  const PatternTask* task;
  constexpr std::uint64_t operator()(std::size_t i) const {
    const PatternTask& t = *task;
    switch (t.form) {
      case PatternForm::own:
        return raw_at<T>(i, t.own, t.range);
      case PatternForm::reduced:
        return raw_at<T>(i, t.reduced, t.range);
      case PatternForm::blocks:
        return raw_at<T>(i, t.blocks, t.range);
      case PatternForm::neighbors:
        return raw_at<T>(i, t.neighbors, t.range);
      case PatternForm::gathered:
        return raw_at<T>(i, t.gathered, t.range);
      case PatternForm::drawn:
        return draw::with_elements<T>(t.drawn, RawAt{i});
      default:
        return raw_at<T>(i, t.indices, t.range);
    }
  }
};

// use(element), where element(index) are the bits of an element of T. No longer than `t` lives.
template <class T, class Use>
constexpr auto with_raw_elements(const PatternTask& t, Use use) {
  switch (t.form) {
    case PatternForm::plain:
      return use(ElementOfPart<T, PlainPart>{t.plain, t.range});
    case PatternForm::weighted:
      return use(ElementOfPart<T, WeightedPart>{t.weighted, t.range});
    case PatternForm::same:
      return use(ElementOfPart<T, SamePart>{t.same, t.range});
    default:
      return use(OtherElement<T>{&t});
  }
}

}  // namespace shortfall::cuda

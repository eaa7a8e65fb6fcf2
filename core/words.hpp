// The words that stand for enumerators, in files and in text for people.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace shortfall {

// words_of(Enum) stands beside the enumeration and lists them in the order of the enumerators.
using Words = std::span<const std::string_view>;

template <class Enum>
concept Worded = requires(Enum e) {
  words_of(e);
};

constexpr std::string_view word(Worded auto e) { return words_of(e)[static_cast<std::size_t>(e)]; }

}  // namespace shortfall

// Marks for the values in lists of keys: what kind they are, and which of them may be null.
#pragma once

#include <concepts>
#include <type_traits>

namespace shortfall {

template <class T, class Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

// Marks an empty or zero member that stands for "does not apply" or "unknown": null in the
// document.
template <class T>
struct OrNull {
  T& value;
};
template <class T>
OrNull<T> or_null(T& value) {
  return {value};
}

// Marks a figure that may be not-a-number, which is null in the document.
template <class T>
struct MaybeNan {
  T& value;
};
template <class T>
MaybeNan<T> maybe_nan(T& value) {
  return {value};
}

}  // namespace shortfall

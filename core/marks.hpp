// Marks for the values in lists of keys (`fields`): what kind they are, and which of them may be
// null. Every codec reads the same lists.
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

// Marks a list that older documents may lack: empty then.
template <class T>
struct OrEmpty {
  T& list;
};
template <class T>
OrEmpty<T> or_empty(T& list) {
  return {list};
}

// Marks what differs between equal hosts by its nature: names, serial numbers, free memory.
template <class T>
struct ItsOwn {
  T value;  // a reference, or another mark
};
template <class T>
ItsOwn<T&> its_own(T& value) {
  return {value};
}
template <class T>
ItsOwn<OrNull<T>> its_own(OrNull<T> value) {
  return {value};
}
template <class T>
ItsOwn<OrEmpty<T>> its_own(OrEmpty<T> value) {
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

// Kinds of numbers that are multiplied, for code that also runs on accelerators: in C++17.
#pragma once

namespace shortfall {

enum class DataKind {
  normal,    // standard normal; whole numbers of that shape for integer types
  uniform,   // in [-1, 1), rounded to the type; whole numbers over the range of integer types
  integers,  // whole numbers from -3 to 3, or from 0 to 6 for unsigned types
  zeros,
  sparse,  // a share of zeros at random places, normal ones elsewhere
  sorted   // normal ones, ascending through each matrix
};

}  // namespace shortfall

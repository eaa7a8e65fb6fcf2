// What the operands of a matrix product are filled with: on chips at their power limit, numbers
// whose bits change little are multiplied faster.
#pragma once

#include <string>

namespace shortfall {

struct Data {
  enum class Kind {
    normal,    // standard normal; whole numbers of that shape for integer types
    uniform,   // in [-1, 1), rounded to the type; whole numbers over the range of integer types
    integers,  // whole numbers from -3 to 3, or from 0 to 6 for unsigned types
    zeros,
    sparse,  // a share of zeros at random places, normal ones elsewhere
    sorted   // normal ones, ascending through each matrix
  };
  Kind kind = Kind::normal;
  double share_of_zeros = 0;  // of sparse alone

  friend bool operator==(const Data&, const Data&) = default;
};

// "normal", "sparse:0.9", ... Throws BadUsage, which names the text and what is allowed.
Data data_from(const std::string& text);

}  // namespace shortfall

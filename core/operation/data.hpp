// What the operands of a matrix product are filled with: on chips at their power limit, numbers
// whose bits change little are multiplied faster.
#pragma once

#include <string>

#include "core/operation/data_kind.hpp"

namespace shortfall {

struct Data {
  using Kind = DataKind;
  Kind kind = Kind::normal;
  double share_of_zeros = 0;  // of sparse alone

  friend bool operator==(const Data&, const Data&) = default;
};

// "normal", "sparse:0.9", ... Throws BadUsage, which names the text and what is allowed.
Data data_from(const std::string& text);

}  // namespace shortfall

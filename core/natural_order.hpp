// Names in the order in which people count.
#pragma once

#include <compare>
#include <string>

namespace shortfall {

// "mlx5_2" before "mlx5_10": numbers within a name count as numbers.
struct NaturalName {
  std::string text;
  friend std::strong_ordering operator<=>(const NaturalName& a, const NaturalName& b);
  friend bool operator==(const NaturalName&, const NaturalName&) = default;
};

}  // namespace shortfall

// Arm cores by the numbers they are known by, with the floating-point units that each has.
#pragma once

#include <string_view>

namespace shortfall {

struct ArmCore {
  int implementer, part;
  std::string_view name;
  int units, bits;               // multiply-add units for f64, and the width of one
  std::string_view amazon_name;  // of Amazon's chip with this core, "" = none
};

const ArmCore* find_arm_core(int implementer, int part);  // nullptr = not in the table

}  // namespace shortfall

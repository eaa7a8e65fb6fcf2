// What the processor says of itself where it has such an instruction: x86 alone.
#pragma once

#include <string>

#include "core/units.hpp"

namespace shortfall {

Frequency cpuid_base_clock();    // zero = it does not say
std::string cpuid_hypervisor();  // "KVM"; the signature itself where it is not known; "" = none

}  // namespace shortfall

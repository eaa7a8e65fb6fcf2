#include "topology/cpu/cpuid.hpp"

namespace shortfall {

Frequency cpuid_base_clock() { return {}; }

std::string cpuid_hypervisor() { return {}; }

}  // namespace shortfall

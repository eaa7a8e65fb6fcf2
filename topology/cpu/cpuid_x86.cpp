#include <cpuid.h>

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "topology/cpu/cpuid.hpp"

namespace shortfall {

Frequency cpuid_base_clock() {
  unsigned megahertz = 0, highest = 0, bus = 0, unused = 0;
  if (__get_cpuid(0x16, &megahertz, &highest, &bus, &unused) == 0) return {};
  return {static_cast<double>(megahertz & 0xffffU) * 1e6};
}

std::string cpuid_hypervisor() {
  constexpr unsigned hypervisor_bit = 1U << 31U;
  unsigned largest = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &largest, &b, &c, &d) == 0 || (c & hypervisor_bit) == 0) return {};
  __cpuid(0x40000000, largest, b, c, d);
  const std::array<unsigned, 3> words{b, c, d};
  std::array<char, sizeof(words) + 1> signature{};
  std::memcpy(signature.data(), words.data(), sizeof(words));

  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> names{{
      {"KVMKVMKVM", "KVM"},
      {"Microsoft Hv", "Hyper-V"},
      {"VMwareVMware", "VMware"},
      {"XenVMMXenVMM", "Xen"},
      {"TCGTCGTCGTCG", "QEMU without KVM"},
  }};
  for (const auto& [known, name] : names) {
    if (known == signature.data()) return std::string(name);
  }
  return signature.data();
}

}  // namespace shortfall

#include "topology/cpu/arm_cores.hpp"

#include <algorithm>
#include <array>

namespace shortfall {
namespace {

constexpr std::array<ArmCore, 10> cores{{
    {0x41, 0xd0c, "Neoverse N1", 2, 128, "Graviton2"},
    {0x41, 0xd49, "Neoverse N2", 2, 128, ""},
    {0x41, 0xd8e, "Neoverse N3", 2, 128, ""},
    {0x41, 0xd40, "Neoverse V1", 2, 256, "Graviton3"},
    {0x41, 0xd4f, "Neoverse V2", 4, 128, "Graviton4"},
    {0x41, 0xd84, "Neoverse V3", 4, 128, ""},
    {0xc0, 0xac3, "AmpereOne", 2, 128, ""},
    {0xc0, 0xac4, "AmpereOne A", 2, 128, ""},
    {0x43, 0x0af, "ThunderX2", 2, 128, ""},
    {0x46, 0x001, "A64FX", 2, 512, ""},
}};

}  // namespace

const ArmCore* find_arm_core(int implementer, int part) {
  const auto* const found = std::ranges::find_if(cores, [&](const ArmCore& core) {
    return core.implementer == implementer && core.part == part;
  });
  return found == cores.end() ? nullptr : found;
}

}  // namespace shortfall

// Whether this host is a virtual machine, and whose.
#include <algorithm>
#include <array>

#include "topology/cpu/cpuid.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

// Arm processors do not tell: these makers' machines are virtual unless their name says "metal".
bool is_virtual_by_maker(const std::string& maker, const Root& root) {
  constexpr std::array<std::string_view, 3> makers{"QEMU", "Amazon EC2", "Google"};
  const std::string product = line_of_file(root, "/sys/class/dmi/id/product_name");
  return std::ranges::find(makers, maker) != makers.end() &&
         product.find("metal") == std::string::npos;
}

}  // namespace

std::string hypervisor(const CpuInfo& info, const Root& root) {
  const std::string type = line_of_file(root, "/sys/hypervisor/type");
  const std::string maker = line_of_file(root, "/sys/class/dmi/id/sys_vendor");
  const bool is_arm = info.fields.contains("CPU implementer");
  const bool is_virtual =
      info.has("hypervisor") || !type.empty() || (is_arm && is_virtual_by_maker(maker, root));
  if (!is_virtual) return "";
  const std::string kind = root.is_this_machine() ? cpuid_hypervisor() : "";
  const std::string name = kind.empty() ? type : kind;
  if (name.empty()) return maker.empty() ? "one that does not say its name" : maker;
  return maker.empty() ? name : name + " (" + maker + ")";
}

}  // namespace shortfall

// Which processor this is, and which of its instructions rates follow from.
#include <algorithm>
#include <array>

#include "topology/cpu/arm_cores.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 17> rated_features{
    "fma",      "avx_vnni", "avx512_vnni", "avx512_bf16", "avx512er", "amx_tile",
    "amx_bf16", "amx_int8", "asimddp",     "bf16",        "i8mm",     "sve2",
    "svebf16",  "svei8mm",  "asimdhp",     "avx512_fp16", "amx_fp16"};

std::string isa_of(const CpuInfo& info) {
  if (info.has("avx512f")) return "avx512";
  if (info.has("avx2") && info.has("fma")) return "avx2";
  if (info.has("avx")) return "avx";
  if (info.has("sse2")) return "sse2";
  if (info.has("sve")) return "sve";
  if (info.has("asimd")) return "neon";
  return "generic";
}

// Who built the chip around a licensed core: "" where nothing says so.
std::string arm_chip(const ArmCore& core, const Root& root) {
  const bool is_amazon = line_of_file(root, "/sys/class/dmi/id/sys_vendor") == "Amazon EC2";
  if (is_amazon) return std::string(core.amazon_name);
  // JEP106 bank 4, code 0x6b: NVIDIA.
  const bool is_nvidia = line_of_file(root, "/sys/devices/soc0/soc_id").starts_with("jep106:036b");
  return is_nvidia && core.name == "Neoverse V2" ? "Grace" : "";
}

std::string arm_model(const CpuInfo& info, const Root& root) {
  const std::string implementer = info.field("CPU implementer");
  const std::string part = info.field("CPU part");
  const ArmCore* const core =
      find_arm_core(info.number("CPU implementer"), info.number("CPU part"));
  if (core == nullptr) return "implementer " + implementer + " part " + part;
  const std::string chip = arm_chip(*core, root);
  return std::string(core->name) + (chip.empty() ? "" : " (" + chip + ")");
}

}  // namespace

Cpu identify_cpu(const CpuInfo& info, const Root& root) {
  Cpu cpu;
  // Some kernels give Arm processors a "model name" too, which tells the architecture alone.
  const bool is_arm = info.fields.contains("CPU implementer");
  cpu.model = is_arm ? arm_model(info, root) : info.field("model name");
  if (cpu.model.empty()) cpu.model = "unknown processor";
  cpu.isa = isa_of(info);
  cpu.vendor = info.field(is_arm ? "CPU implementer" : "vendor_id");
  cpu.family = info.number("cpu family");
  cpu.model_number = info.number(is_arm ? "CPU part" : "model");
  for (const std::string_view feature : rated_features) {
    if (info.has(feature)) cpu.features.emplace_back(feature);
  }
  return cpu;
}

}  // namespace shortfall

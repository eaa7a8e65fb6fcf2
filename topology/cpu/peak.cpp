#include "topology/cpu/peak.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string_view>

#include "topology/cpu/arm_cores.hpp"

namespace shortfall {
namespace {

struct Units {
  int number = 0;  // 0 = not known
  int bits = 0;    // that one unit takes per cycle
  std::string_view why;
};

bool has(const Cpu& cpu, std::string_view feature) {
  return std::ranges::find(cpu.features, feature) != cpu.features.end();
}
bool is_amd(const Cpu& cpu) { return cpu.vendor == "AuthenticAMD"; }
bool is_intel(const Cpu& cpu, std::initializer_list<int> models) {
  return cpu.vendor == "GenuineIntel" && cpu.family == 6 &&
         std::ranges::find(models, cpu.model_number) != models.end();
}
bool is_named(const Cpu& cpu, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return cpu.model.find(part) != std::string::npos; });
}

// Intel sold chips of one design with either number of units.
Units units_of_skylake_server(const Cpu& cpu) {
  if (is_named(cpu, {"Gold 5122", "Gold 5222"})) return {2, 512, "an exception in its series"};
  const bool has_one = is_named(cpu, {"Bronze", "Silver", "Gold 51", "Gold 52", "Xeon(R) D"});
  if (has_one) return {1, 512, "its series has one unit"};
  return {2, 512, "Skylake server design"};
}

Units avx512_units(const Cpu& cpu) {
  constexpr int skylake_server = 85, ice_lake_d = 108;
  if (is_amd(cpu)) {
    if (cpu.family < 26) return {2, 256, "Zen4 splits 512 bits in two"};
    // Strix Point (0x20..) and Krackan (0x60..) have the narrow units of mobile Zen5.
    const int group = cpu.model_number >> 4;
    if (group == 2 || group == 6) return {2, 256, "mobile Zen5 splits 512 bits in two"};
    return {2, 512, "Zen5"};
  }
  if (is_intel(cpu, {skylake_server})) return units_of_skylake_server(cpu);
  if (is_intel(cpu, {ice_lake_d})) return {1, 512, "Xeon D has one unit"};
  const bool is_big = has(cpu, "avx512er") || cpu.model.find("Xeon") != std::string::npos;
  return is_big ? Units{2, 512, "server design"} : Units{1, 512, "client design"};
}

Units avx2_units(const Cpu& cpu) {
  const bool is_hygon = cpu.vendor == "HygonGenuine";
  const bool is_zen1 = is_hygon || (is_amd(cpu) && cpu.family == 23 && cpu.model_number < 0x30);
  if (is_zen1) return {2, 128, "Zen1 splits 256 bits in two"};
  const bool is_efficient_core = is_intel(cpu, {175, 190});
  if (is_efficient_core) return {2, 128, "efficient cores split 256 bits in two"};
  return {2, 256, "as every core with AVX2 but the smallest"};
}

int implementer_of(const Cpu& cpu) {  // "0x41"; -1 = not an Arm core
  int number = -1;
  if (!cpu.vendor.starts_with("0x")) return number;
  const std::string_view digits = std::string_view(cpu.vendor).substr(2);
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

// Without multiply-add an adder and a multiplier work side by side: as many operations per cycle as
// one multiply-add unit.
Units units_of(const Cpu& cpu) {
  if (cpu.isa == "avx512") return avx512_units(cpu);
  if (cpu.isa == "avx2") return avx2_units(cpu);
  if (cpu.isa == "avx") return {1, 256, "an adder and a multiplier"};
  if (cpu.isa == "sse2") return {1, 128, "an adder and a multiplier"};
  const ArmCore* const core = find_arm_core(implementer_of(cpu), cpu.model_number);
  return core == nullptr ? Units{} : Units{core->units, core->bits, core->name};
}

}  // namespace

std::vector<OpsPerCycle> ops_per_cycle(const Cpu& cpu) {
  const Units units = units_of(cpu);
  if (units.number == 0) return {};
  const std::string source = cpu.isa + ", " + std::to_string(units.number) + " unit" +
                             (units.number == 1 ? "" : "s") + " of " + std::to_string(units.bits) +
                             " bits: " + std::string(units.why);
  const double f32 = 2.0 * units.number * units.bits / 32;
  std::vector<OpsPerCycle> ops{{DType::f64, f32 / 2, source}, {DType::f32, f32, source}};
  if (has(cpu, "amx_bf16")) {
    ops.push_back({DType::bf16, 1024, "amx_bf16: 16 x 16 x 32 multiply-adds in 16 cycles"});
  } else if (has(cpu, "avx512_bf16")) {
    ops.push_back({DType::bf16, 2 * f32, "avx512_bf16 on " + source});
  }
  // Intel's architecture instruction set extensions, 319433: vfmadd231ph takes 32 numbers of f16 in
  // 512 bits and adds in f16; tdpfp16ps has the shape of tdpbf16ps and adds in f32.
  if (has(cpu, "amx_fp16")) {
    ops.push_back({DType::f16, 1024, "amx_fp16: 16 x 16 x 32 multiply-adds in 16 cycles"});
  } else if (has(cpu, "avx512_fp16")) {
    ops.push_back({DType::f16, 2 * f32, "avx512_fp16, sums in f16, on " + source});
  }
  if (has(cpu, "amx_int8")) {
    ops.push_back({DType::int8, 2048, "amx_int8: 16 x 16 x 64 multiply-adds in 16 cycles"});
  } else if (has(cpu, "avx512_vnni") || has(cpu, "avx_vnni")) {
    const std::string vnni = has(cpu, "avx512_vnni") ? "avx512_vnni" : "avx_vnni";
    ops.push_back({DType::int8, 4 * f32, vnni + " on " + source});
  }
  return ops;
}

}  // namespace shortfall

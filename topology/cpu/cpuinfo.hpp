// What /proc/cpuinfo says of its first processor.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

struct CpuInfo {
  std::map<std::string, std::string, std::less<>> fields;  // "model name" -> "AMD EPYC 9654 ..."
  std::vector<std::string> flags;                          // x86 "flags", Arm "Features"
  int processors = 0;

  std::string field(std::string_view name) const;  // "" = absent
  int number(std::string_view name) const;         // decimal or 0x...; 0 = absent
  bool has(std::string_view flag) const;
};

CpuInfo parse_cpuinfo(std::string_view text);

}  // namespace shortfall

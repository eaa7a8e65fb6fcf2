#include "topology/cpu/cpuinfo.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace shortfall {

std::string CpuInfo::field(std::string_view name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

int CpuInfo::number(std::string_view name) const {
  const std::string text = field(name);
  const bool is_hexadecimal = text.starts_with("0x");
  const char* const begin = text.data() + (is_hexadecimal ? 2 : 0);
  int value = 0;
  std::from_chars(begin, text.data() + text.size(), value, is_hexadecimal ? 16 : 10);
  return value;
}

bool CpuInfo::has(std::string_view flag) const {
  return std::ranges::find(flags, flag) != flags.end();
}

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string_view name = trimmed(std::string_view(line).substr(0, colon));
    if (name == "processor") ++info.processors;
    info.fields.emplace(name,
                        trimmed(std::string_view(line).substr(colon + 1)));  // first one stays
  }
  const std::string flags = info.field(info.fields.contains("flags") ? "flags" : "Features");
  for (std::string& flag : split(flags, ' ')) {
    if (!flag.empty()) info.flags.push_back(std::move(flag));
  }
  return info;
}

}  // namespace shortfall

// The clock that a datasheet counts with, from the best source that this machine offers.
#include <charconv>

#include "core/text.hpp"
#include "topology/cpu/cpuid.hpp"
#include "topology/parts.hpp"

namespace shortfall {
namespace {

constexpr std::string_view cpu0 = "/sys/devices/system/cpu/cpu0/";

double decimal(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz".
Frequency clock_in_name(const std::string& model) {
  const std::size_t at = model.rfind('@');
  if (at == std::string::npos) return {};
  const std::string_view text = trimmed(std::string_view(model).substr(at + 1));
  if (text.ends_with("GHz")) return {decimal(text) * 1e9};
  if (text.ends_with("MHz")) return {decimal(text) * 1e6};
  return {};
}

Frequency clock_in_file(const Root& root, std::string_view name, double unit) {
  const auto number = number_in_file(root, std::string(cpu0) + std::string(name));
  return {static_cast<double>(number.value_or(0)) * unit};
}

}  // namespace

Clock nominal_clock(const CpuInfo& info, const Root& root) {
  constexpr double kilohertz = 1e3, megahertz = 1e6;
  const std::vector<Clock> best_first{
      {clock_in_name(info.field("model name")), "model name"},
      {clock_in_file(root, "cpufreq/base_frequency", kilohertz), "cpufreq/base_frequency"},
      {root.is_this_machine() ? cpuid_base_clock() : Frequency{}, "CPUID leaf 0x16"},
      {clock_in_file(root, "acpi_cppc/nominal_freq", megahertz), "acpi_cppc/nominal_freq"},
      {clock_in_file(root, "cpufreq/cpuinfo_max_freq", kilohertz),
       "cpufreq/cpuinfo_max_freq: the highest clock, for the nominal one is not told"},
      {{decimal(info.field("cpu MHz")) * megahertz},
       "cpu MHz of /proc/cpuinfo: the clock of that moment, in a virtual machine the one that it "
       "was promised"},
  };
  for (const Clock& clock : best_first) {
    if (clock.frequency.value > 0) return clock;
  }
  return {};
}

}  // namespace shortfall

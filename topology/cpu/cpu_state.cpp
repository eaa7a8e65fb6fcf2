// How the processors are set up: clocks that they may reach, hardware threads, microcode.
#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

constexpr std::string_view cpus = "/sys/devices/system/cpu";

// One for each set of CPUs whose clocks change together.
std::vector<std::string> clock_policies(const Root& root) {
  std::vector<std::string> folders;
  const std::string policies = std::string(cpus) + "/cpufreq/";
  for (const std::string& name : names_in_folder(root, policies)) {
    if (name.starts_with("policy")) folders.push_back(policies + name);
  }
  if (!folders.empty()) return folders;
  for (const int cpu : numbers_in_folder(root, cpus, "cpu")) {  // older kernels
    folders.push_back(std::string(cpus) + "/cpu" + std::to_string(cpu) + "/cpufreq");
  }
  return folders;
}

// What the hardware can do, or less where an administrator has set a lower limit. In kHz.
std::int64_t highest_clock(const std::string& policy, const Root& root) {
  const auto of_hardware = number_in_file(root, policy + "/cpuinfo_max_freq");
  const auto allowed = number_in_file(root, policy + "/scaling_max_freq");
  if (!of_hardware) return allowed.value_or(0);
  return std::min(*of_hardware, allowed.value_or(*of_hardware));
}

}  // namespace

void note_cpu_state(Cpu& cpu, const CpuInfo& info, const Root& root) {
  constexpr double kilohertz = 1e3;
  std::int64_t highest = 0;
  std::set<std::string> governors;
  for (const std::string& policy : clock_policies(root)) {
    highest = std::max(highest, highest_clock(policy, root));
    const std::string governor = line_of_file(root, policy + "/scaling_governor");
    if (!governor.empty()) governors.insert(governor);
  }
  cpu.highest_clock = {static_cast<double>(highest) * kilohertz};
  cpu.governor = join({governors.begin(), governors.end()}, ",");
  cpu.smt = line_of_file(root, std::string(cpus) + "/smt/control");
  cpu.microcode = info.field("microcode");
}

}  // namespace shortfall

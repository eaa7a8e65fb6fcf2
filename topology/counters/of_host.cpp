// Counters of the PCIe links, of memory and of the processors.
#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "topology/counters/parts.hpp"

namespace shortfall {
namespace {

// Lines of a name, which may have blanks, and a count: "Receiver Error 2", "TOTAL_ERR_COR 2".
void add_lines(std::vector<Counter>& counters, const std::string& device, const std::string& file,
               const std::string& text) {
  for (const std::string& line : split(text, '\n')) {
    const std::size_t blank = line.rfind(' ');
    if (blank == std::string::npos || blank == 0) continue;
    const auto value = parse_integer(trimmed(std::string_view(line).substr(blank)));
    if (!value || *value < 0) continue;
    const std::string name = file + " " + std::string(trimmed(line.substr(0, blank)));
    counters.push_back({device, name, static_cast<std::uint64_t>(*value), true});
  }
}

// "ue: 0" and "ce: 3" of the memory of AMD's GPUs: uncorrected and corrected.
void add_gpu_memory(std::vector<Counter>& counters, const std::string& device,
                    const std::string& text) {
  for (const std::string word : {"ue", "ce"}) {
    const auto value = number_after(text, word + ":");
    if (!value || *value < 0) continue;
    counters.push_back({device, word + "_count", static_cast<std::uint64_t>(*value), true});
  }
}

struct CpuCount {
  std::string_view label, name;
};

// A line of /proc/interrupts has one count for each CPU: " MCE:   0   0   Machine check
// exceptions".
std::optional<std::uint64_t> interrupts(const std::string& text, std::string_view label) {
  const std::size_t at = text.find(std::string(label) + ":");
  const bool is_first_word = at != std::string::npos && at > 0 && text[at - 1] <= ' ';
  if (!is_first_word) return std::nullopt;
  const std::size_t begin = at + label.size() + 1;
  const std::string line = text.substr(begin, text.find('\n', begin) - begin);
  std::uint64_t sum = 0;
  for (const std::string& word : split(line, ' ')) {
    if (word.empty()) continue;
    const auto count = parse_integer(word);
    if (!count || *count < 0) break;
    sum += static_cast<std::uint64_t>(*count);
  }
  return sum;
}

void add_throttling(std::vector<Counter>& counters, const Root& root) {
  const std::string cpus = "/sys/devices/system/cpu";
  std::optional<std::uint64_t> of_cores, of_package;
  for (const int cpu : numbers_in_folder(root, cpus, "cpu")) {
    const std::string folder = cpus + "/cpu" + std::to_string(cpu) + "/thermal_throttle";
    const auto core = count_in_file(root, folder + "/core_throttle_count");
    const auto package = count_in_file(root, folder + "/package_throttle_count");
    if (core) of_cores = of_cores.value_or(0) + *core;
    // Every CPU of a package counts the same events.
    if (package) of_package = std::max(of_package.value_or(0), *package);
  }
  if (of_cores) counters.push_back({"cpu", "core_throttle_count", *of_cores, true});
  if (of_package) counters.push_back({"cpu", "package_throttle_count", *of_package, true});
}

}  // namespace

void add_pcie_counters(std::vector<Counter>& counters, const Root& root) {
  const std::string devices = "/sys/bus/pci/devices/";
  for (const std::string& device : names_in_folder(root, devices)) {
    for (const std::string file : {"aer_dev_correctable", "aer_dev_nonfatal", "aer_dev_fatal"}) {
      const std::string text = text_of_file(root, devices + device + "/" + file);
      if (text.empty()) break;  // a device that can report errors has all three
      add_lines(counters, device, file, text);
    }
    add_gpu_memory(counters, device, text_of_file(root, devices + device + "/ras/umc_err_count"));
  }
}

void add_memory_counters(std::vector<Counter>& counters, const Root& root) {
  const std::string controllers = "/sys/devices/system/edac/mc/";
  for (const std::string& controller : names_in_folder(root, controllers)) {
    for (const std::string name : {"ce_count", "ue_count"}) {
      const auto value = count_in_file(root, controllers + controller + "/" + name);
      if (value) counters.push_back({controller, name, *value, true});
    }
  }
}

void add_cpu_counters(std::vector<Counter>& counters, const Root& root) {
  constexpr std::array<CpuCount, 3> kinds{{{"MCE", "machine_check_exceptions"},
                                           {"THR", "corrected_machine_checks"},
                                           {"DFR", "deferred_machine_checks"}}};
  const std::string text = text_of_file(root, "/proc/interrupts");
  for (const auto& [label, name] : kinds) {
    const auto count = interrupts(text, label);
    if (count) counters.push_back({"cpu", std::string(name), *count, true});
  }
  add_throttling(counters, root);
}

}  // namespace shortfall

// Which system this host runs, and whether an IOMMU stands between devices and memory.
#include <algorithm>
#include <array>
#include <filesystem>

#include "core/text.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

// Of a line NAME="value" as a shell reads it.
std::string unquoted(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                         text.back() == text.front();
  if (!is_quoted) return std::string(text);
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && text.front() == '"' && i + 2 < text.size();
    if (is_escape) ++i;
    value += text[i];
  }
  return value;
}

std::string distribution(const Root& root) {
  for (const std::string_view file : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto name = text_after(text_of_file(root, file), "PRETTY_NAME=");
    if (name) return unquoted(*name);
  }
  return "";
}

// The words of the kernel's command line that are about IOMMUs.
std::vector<std::string> iommu_words(const Root& root) {
  constexpr std::array<std::string_view, 6> names{
      "intel_iommu", "amd_iommu", "iommu", "iommu.passthrough", "iommu.strict", "iommu.forcedac"};
  std::vector<std::string> words;
  for (const std::string& word : split(line_of_file(root, "/proc/cmdline"), ' ')) {
    const std::string_view name = std::string_view(word).substr(0, word.find('='));
    if (std::ranges::find(names, name) != names.end()) words.push_back(word);
  }
  return words;
}

// Passed through, addresses of devices are those of the memory: nothing is translated.
bool asks_to_pass_through(const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [](const std::string& word) {
    return word == "iommu=pt" || word == "iommu.passthrough=1" || word == "iommu.passthrough=on" ||
           word == "iommu.passthrough=y";
  });
}

bool is_folder(const Root& root, std::string_view path) {
  std::error_code ignored;
  return std::filesystem::is_directory(root.path + std::string(path), ignored);
}

// The groups of devices say it ("DMA", "DMA-FQ", "identity"); older kernels have groups without a
// type, and what stands is what the command line asked of the IOMMUs that are in use.
std::optional<bool> is_translated(const std::vector<std::string>& words, const Root& root) {
  const std::string groups = "/sys/kernel/iommu_groups";
  bool is_told = false;
  for (const std::string& group : names_in_folder(root, groups)) {
    const std::string type = line_of_file(root, groups + "/" + group + "/type");
    if (type.starts_with("DMA")) return true;
    is_told = is_told || !type.empty();
  }
  if (is_told) return false;
  if (!names_in_folder(root, "/sys/class/iommu").empty()) return !asks_to_pass_through(words);
  if (is_folder(root, "/sys/class/iommu")) return false;
  return std::nullopt;
}

}  // namespace

System survey_system(const Root& root) {
  const auto words = iommu_words(root);
  System system;
  system.distribution = distribution(root);
  system.kernel = line_of_file(root, "/proc/sys/kernel/ostype") + " " +
                  line_of_file(root, "/proc/sys/kernel/osrelease");
  system.iommu = join(words, " ");
  system.is_translated = is_translated(words, root);
  system.nvidia_module = nvidia_module(root);
  system.versions = driver_versions(root);
  return system;
}

}  // namespace shortfall

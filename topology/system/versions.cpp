// Versions of the kernel drivers that carry data, and of the C library.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 34> drivers{
    "amdgpu",    "amdkcl",    "bnxt_en",        "bnxt_re",    "cxi_ss1",   "efa",     "ena",
    "gdrdrv",    "gve",       "habanalabs",     "hfi1",       "i40e",      "i915",    "ib_core",
    "ib_uverbs", "ice",       "ionic",          "ionic_rdma", "irdma",     "ixgbe",   "knem",
    "mana",      "mana_ib",   "mlx4_core",      "mlx4_ib",    "mlx5_core", "mlx5_ib", "nv_peer_mem",
    "nvidia",    "nvidia_fs", "nvidia_peermem", "nvidia_uvm", "rdma_rxe",  "xpmem"};

// "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build".
std::string nvidia_version(const Root& root) {
  for (const std::string& word : split(line_of_file(root, "/proc/driver/nvidia/version"), ' ')) {
    const auto parts = split(word, '.');
    const bool are_numbers = std::ranges::all_of(parts, [](const std::string& part) {
      return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    });
    if (parts.size() >= 2 && are_numbers) return word;
  }
  return "";
}

// "glibc 2.36".
std::string c_library() {
  std::array<char, 64> text{};
  const std::size_t length = confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size());
  return length == 0 || length > text.size() ? "" : std::string(text.data());
}

}  // namespace

std::string nvidia_module(const Root& root) {
  const std::string line = line_of_file(root, "/proc/driver/nvidia/version");
  if (!line.starts_with("NVRM version:")) return "";
  return line.find("Open Kernel Module") != std::string::npos ? "open" : "proprietary";
}

std::vector<std::pair<std::string, std::string>> driver_versions(const Root& root) {
  constexpr std::string_view unversioned = "of the kernel";  // most of those that come with it
  const auto modules = names_in_folder(root, "/sys/module");
  std::vector<std::pair<std::string, std::string>> versions;
  for (const std::string_view driver : drivers) {
    const std::string name(driver);
    if (!std::ranges::binary_search(modules, name)) continue;
    const std::string version = line_of_file(root, "/sys/module/" + name + "/version");
    versions.emplace_back(name, version.empty() ? unversioned : version);
  }
  // This file is there in containers, too, which may not see the modules.
  const std::string nvidia = nvidia_version(root);
  if (!nvidia.empty()) {
    std::erase_if(versions, [](const auto& version) { return version.first == "nvidia"; });
    versions.emplace_back("nvidia", nvidia);
  }
  const auto words = split(root.is_this_machine() ? c_library() : "", ' ');
  if (words.size() == 2) versions.emplace_back(words[0], words[1]);
  std::ranges::sort(versions);
  return versions;
}

}  // namespace shortfall

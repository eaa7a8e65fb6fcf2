// What this process may use of the host: its control group's share, locked memory, /dev/shm, huge
// pages.
#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "topology/system/control_group.hpp"
#include "topology/system/parts.hpp"

namespace shortfall {
namespace {

// The smaller of a limit that was found and one more.
template <class T>
void tighten(std::optional<T>& limit, std::optional<T> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

// CPU time per time. Version 2 has "350000 100000" or "max 100000" in one file, version 1 two
// files, with a quota of -1 for none.
std::optional<double> cpus_of(const std::string& folder, int version, const Root& root) {
  std::optional<std::int64_t> quota, period;
  if (version == 1) {
    quota = number_in_file(root, folder + "/cpu.cfs_quota_us");
    period = number_in_file(root, folder + "/cpu.cfs_period_us");
  } else {
    const auto words = split(line_of_file(root, folder + "/cpu.max"), ' ');
    if (words.size() != 2) return std::nullopt;
    quota = parse_integer(words[0]);
    period = parse_integer(words[1]);
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

// The soft limit: "Max locked memory         8388608              unlimited            bytes".
std::string locked_memory(const Root& root) {
  const std::string limits = text_of_file(root, "/proc/self/limits");
  const std::string both = text_after(limits, "Max locked memory").value_or("");
  const std::string soft = both.substr(0, both.find(' '));
  return soft == "unlimited" || parse_integer(soft) ? soft : "";
}

// The kernel asks for the privilege among the users of the host itself: that of a container with
// users of its own does not count.
std::optional<bool> locks_without_limit(const Root& root) {
  constexpr unsigned ipc_lock = 14;
  auto users = split(line_of_file(root, "/proc/self/uid_map"), ' ');  // "0   0 4294967295"
  std::erase(users, "");
  const std::string granted =
      text_after(text_of_file(root, "/proc/self/status"), "CapEff:").value_or("");
  std::uint64_t privileges = 0;
  const char* const end = granted.data() + granted.size();
  const auto [stop, error] = std::from_chars(granted.data(), end, privileges, 16);
  if (users.empty() || granted.empty() || error != std::errc{} || stop != end) return std::nullopt;
  const bool are_those_of_host = users == std::vector<std::string>{"0", "0", "4294967295"};
  return are_those_of_host && ((privileges >> ipc_lock) & 1U) != 0;
}

void note_shared_memory(Limits& limits, const Root& root) {
  struct statvfs answer {};
  if (statvfs((root.path + "/dev/shm").c_str(), &answer) != 0) return;
  const double block = static_cast<double>(answer.f_frsize);
  limits.shared_memory = Bytes{static_cast<double>(answer.f_blocks) * block};
  limits.shared_memory_free = Bytes{static_cast<double>(answer.f_bavail) * block};
}

std::vector<HugePages> huge_pages(const Root& root) {
  constexpr std::string_view folder = "/sys/kernel/mm/hugepages/";
  constexpr std::string_view prefix = "hugepages-", unit = "kB";
  std::vector<HugePages> found;
  for (const std::string& name : names_in_folder(root, folder)) {  // "hugepages-2048kB"
    if (!name.starts_with(prefix) || !name.ends_with(unit)) continue;
    const std::size_t digits = name.size() - prefix.size() - unit.size();
    const auto size = parse_integer(std::string_view(name).substr(prefix.size(), digits));
    const std::string files = std::string(folder) + name;
    const auto total = number_in_file(root, files + "/nr_hugepages");
    if (!size || !total) continue;
    constexpr double kibibyte = 1024;
    found.push_back({.size = {static_cast<double>(*size) * kibibyte},
                     .total = *total,
                     .free = number_in_file(root, files + "/free_hugepages").value_or(0)});
  }
  std::ranges::sort(found, {}, &HugePages::size);
  return found;
}

// The word in brackets: "always [madvise] never".
std::string chosen_word(const std::string& line) {
  const std::size_t open = line.find('['), close = line.find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return "";
  return line.substr(open + 1, close - open - 1);
}

}  // namespace

Limits survey_limits(const Root& root) {
  Limits limits;
  for (const ControlGroup& group : control_groups(root, "cpu")) {
    for (const std::string& folder : group.folders) {
      tighten(limits.cpus, cpus_of(folder, group.version, root));
    }
  }
  for (const ControlGroup& group : control_groups(root, "memory")) {
    for (const std::string& folder : group.folders) {
      tighten(limits.memory, memory_limit(folder, group.version, root));
    }
  }
  limits.locked_memory = locked_memory(root);
  limits.locks_without_limit = locks_without_limit(root);
  note_shared_memory(limits, root);
  limits.huge_pages = huge_pages(root);
  limits.transparent_huge_pages =
      chosen_word(line_of_file(root, "/sys/kernel/mm/transparent_hugepage/enabled"));
  limits.container = container(root);
  return limits;
}

}  // namespace shortfall

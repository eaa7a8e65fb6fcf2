// Whether this process runs in a container, and whose.
#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "core/text.hpp"
#include "topology/system_parts.hpp"

namespace shortfall {
namespace {

struct Trace {
  std::string_view part, maker;
};

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::size_t count>
std::string maker_by(const std::array<Trace, count>& traces, std::string_view text) {
  const auto found =
      std::ranges::find_if(traces, [&](const Trace& trace) { return holds(text, trace.part); });
  return found == traces.end() ? "" : std::string(found->maker);
}

// With version 2 of control groups the path is mostly hidden: "0::/".
std::string by_control_group(const Root& root) {
  constexpr std::array<Trace, 7> traces{{{"kubepods", "kubernetes"},
                                         {"/docker/", "docker"},
                                         {"/docker-", "docker"},
                                         {"libpod", "podman"},
                                         {"/lxc/", "lxc"},
                                         {"/lxc.payload", "lxc"},
                                         {"/machine.slice/systemd-nspawn", "systemd-nspawn"}}};
  return maker_by(traces, text_of_file(root, "/proc/self/cgroup"));
}

// Lines are "number parent device root mount-point options ...". A host that runs containers lists
// their mounts, too; only what stands at these two places tells of ourselves.
std::string by_mounts(const Root& root) {
  constexpr std::array<Trace, 1> of_hosts{{{"/pods/", "kubernetes"}}};  // below kubelet's folder
  constexpr std::array<Trace, 3> of_root{
      {{"containerd", "containerd"}, {"/docker/", "docker"}, {"/containers/storage/", "podman"}}};
  std::string found;
  for (const std::string& line : split(text_of_file(root, "/proc/self/mountinfo"), '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() < 6) continue;
    const std::string& source = fields[3];
    const std::string& place = fields[4];
    if (place == "/etc/hosts" && !maker_by(of_hosts, source).empty()) {
      return maker_by(of_hosts, source);
    }
    if (place == "/" && holds(line, " overlay ")) found = maker_by(of_root, line);
  }
  return found;
}

// Of those that leave a file or a folder of their own.
std::string by_file(const Root& root) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> files{
      {{"/run/.containerenv", "podman"},
       {"/.dockerenv", "docker"},
       {"/.singularity.d", "apptainer"},
       {"/singularity", "apptainer"}}};
  for (const auto& [file, maker] : files) {
    std::error_code ignored;
    if (std::filesystem::exists(root.path + std::string(file), ignored)) return std::string(maker);
  }
  return "";
}

// The first process is told whose it is: "container=lxc". Others' processes are not readable.
std::string by_environment(const Root& root) {
  constexpr std::string_view name = "container=";
  for (const std::string& variable : split(text_of_file(root, "/proc/1/environ"), '\0')) {
    if (variable.starts_with(name)) return variable.substr(name.size());
  }
  return "";
}

}  // namespace

std::string container(const Root& root) {
  // Who manages tells more than who runs, so Kubernetes comes before Docker's file.
  const std::string by_group = by_control_group(root);
  const std::string mounts = by_mounts(root);
  if (by_group == "kubernetes" || mounts == "kubernetes") return "kubernetes";
  for (const std::string& maker : {by_file(root), by_environment(root), by_group, mounts}) {
    if (!maker.empty()) return maker;
  }
  return "";
}

}  // namespace shortfall

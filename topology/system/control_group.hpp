// The control groups (of a container, of a batch job) in which this process stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.hpp"
#include "topology/root.hpp"

namespace shortfall {

struct ControlGroup {
  int version = 2;  // decides how its files are called
  // Its own and those of the groups above it, each of which may limit it, too. In a container the
  // path may be the host's, which is not to be seen from inside: then only the topmost folder
  // exists, and is the container's own group.
  std::vector<std::string> folders;
};

// Those that may have `controller` ("memory", "cpu"); both versions may be mounted side by side.
std::vector<ControlGroup> control_groups(const Root& root, std::string_view controller);

// What the group in this folder allows; nothing: no limit, or no such group.
std::optional<Bytes> memory_limit(const std::string& folder, int version, const Root& root);

}  // namespace shortfall

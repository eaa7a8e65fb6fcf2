// Stands in for what hwloc does in a build without it: sysfs answers instead, and files cannot be
// read.
#include "core/error.hpp"
#include "topology/hwloc_file.hpp"
#include "topology/parts.hpp"

namespace shortfall {

std::optional<CpuShape> shape_by_hwloc() { return std::nullopt; }

Host with_topology(Host /*found*/, const std::string& path) {
  throw BadUsage("--topology=" + path +
                 ": this build has no hwloc, which reads such files. Leave the option out, or "
                 "install libhwloc-dev and configure again.");
}

}  // namespace shortfall

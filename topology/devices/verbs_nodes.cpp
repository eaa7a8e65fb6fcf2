// The files by which programs reach RDMA devices: a container may show the devices, and not these.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "topology/devices/adapters.hpp"

namespace shortfall {
namespace {

// Opened, since the device list of a container refuses what permissions of the file would allow.
// What is opened is let go of at once, and makes the device do nothing.
std::string refusal_of(const std::string& node, const Root& root) {
  const int file = open((root.path + node).c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::generic_category().message(errno);
  close(file);
  return {};
}

}  // namespace

void note_verbs_nodes(std::vector<Nic>& nics, const Root& root) {
  const std::string folder = "/sys/class/infiniband_verbs";
  for (const std::string& name : names_in_folder(root, folder)) {
    const std::string device = line_of_file(root, folder + "/" + name + "/ibdev");
    const auto nic = std::ranges::find(nics, device, &Nic::name);
    if (device.empty() || nic == nics.end()) continue;
    nic->verbs_node = "/dev/infiniband/" + name;
    nic->verbs_refusal = refusal_of(nic->verbs_node, root);
  }
}

}  // namespace shortfall

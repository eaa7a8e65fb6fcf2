// The ports of RDMA devices, from the kernel's files.
#include "core/port_rate.hpp"
#include "core/text.hpp"
#include "topology/devices/adapters.hpp"

namespace shortfall {
namespace {

// Of the whole table; the kernel writes zeros where an index is not in use.
std::vector<Gid> gids_of(const std::string& port, const Root& root) {
  std::vector<Gid> gids;
  for (const int index : numbers_in_folder(root, port + "/gids")) {
    const std::string number = std::to_string(index);
    const std::string address = line_of_file(root, port + "/gids/" + number);
    if (address.find_first_not_of("0:") == std::string::npos) continue;
    gids.push_back({.index = index,
                    .type = line_of_file(root, port + "/gid_attrs/types/" + number),
                    .address = address});
  }
  return gids;
}

}  // namespace

std::string word_behind_number(const std::string& line) {
  const std::size_t colon = line.find(':');
  return colon == std::string::npos ? line : std::string(trimmed(line.substr(colon + 1)));
}

std::vector<RdmaPort> rdma_ports(const std::string& device, const Root& root) {
  const std::string folder = "/sys/class/infiniband/" + device + "/ports";
  std::vector<RdmaPort> ports;
  for (const int number : numbers_in_folder(root, folder)) {
    const std::string port = folder + "/" + std::to_string(number);
    const PortRate told = port_rate_in(line_of_file(root, port + "/rate"));
    ports.push_back({.number = number,
                     .state = word_behind_number(line_of_file(root, port + "/state")),
                     .physical_state = word_behind_number(line_of_file(root, port + "/phys_state")),
                     .link_layer = line_of_file(root, port + "/link_layer"),
                     .rate = {told.bit_per_s},
                     .mtu = std::nullopt,
                     .gids = gids_of(port, root),
                     .lanes = told.lanes,
                     .lane_speed = told.lane_speed});
  }
  return ports;
}

}  // namespace shortfall

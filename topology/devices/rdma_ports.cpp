// The ports of RDMA devices, from the kernel's files.
#include "core/text.hpp"
#include "topology/devices/adapters.hpp"

namespace shortfall {
namespace {

// "ACTIVE" of "4: ACTIVE".
std::string word_behind_number(const std::string& line) {
  const std::size_t colon = line.find(':');
  return colon == std::string::npos ? line : std::string(trimmed(line.substr(colon + 1)));
}

// "400 Gb/sec (4X NDR)", "2.5 Gb/sec (1X SDR)".
BitRate rate_in(const std::string& line) {
  constexpr double most = 1e5;  // keeps a damaged file from promising the impossible
  const std::size_t end = line.find(" Gb/sec");
  if (end == std::string::npos) return {};
  const double rate = parse_number(std::string_view(line).substr(0, end)).value_or(0);
  return {rate > 0 && rate < most ? rate * 1e9 : 0};
}

struct Width {
  int lanes = 0;
  std::string speed;  // of each
};

// "4X" and "NDR" of the same line.
Width width_in(const std::string& line) {
  constexpr std::int64_t most_lanes = 16;
  const std::size_t open = line.find('('), times = line.find("X ", open), close = line.find(')');
  if (open >= times || times >= close || close == std::string::npos) return {};
  const auto lanes = parse_integer(std::string_view(line).substr(open + 1, times - open - 1));
  if (!lanes || *lanes < 1 || *lanes > most_lanes) return {};
  return {static_cast<int>(*lanes), line.substr(times + 2, close - times - 2)};
}

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

std::vector<RdmaPort> rdma_ports(const std::string& device, const Root& root) {
  const std::string folder = "/sys/class/infiniband/" + device + "/ports";
  std::vector<RdmaPort> ports;
  for (const int number : numbers_in_folder(root, folder)) {
    const std::string port = folder + "/" + std::to_string(number);
    const std::string rate = line_of_file(root, port + "/rate");
    const Width width = width_in(rate);
    ports.push_back({.number = number,
                     .state = word_behind_number(line_of_file(root, port + "/state")),
                     .physical_state = word_behind_number(line_of_file(root, port + "/phys_state")),
                     .link_layer = line_of_file(root, port + "/link_layer"),
                     .rate = rate_in(rate),
                     .mtu = std::nullopt,
                     .gids = gids_of(port, root),
                     .lanes = width.lanes,
                     .lane_speed = width.speed});
  }
  return ports;
}

}  // namespace shortfall

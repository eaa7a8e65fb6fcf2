#include "backends/verbs/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <tuple>

#include "core/natural_order.hpp"
#include "core/port_rate.hpp"

namespace shortfall::verbs {
namespace {

std::string answer(int error) { return std::generic_category().message(error); }

struct DeviceList {
  int count = 0;
  ibv_device** devices = ibv_get_device_list(&count);
  DeviceList() = default;
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;
  ~DeviceList() {
    if (devices != nullptr) ibv_free_device_list(devices);
  }
};

int numa_node_of(const std::string& device) {  // by its folder
  std::ifstream file(device + "/numa_node");
  int node = -1;
  return file >> node ? node : -1;
}

std::variant<std::shared_ptr<OpenDevice>, std::string> open(ibv_device& found) {
  auto device = std::make_shared<OpenDevice>();
  device->name = ibv_get_device_name(&found);
  const auto refused = [&](std::string_view doing) {
    return fmt::format("{} cannot be {}: {}", device->name, doing, answer(errno));
  };
  if (found.transport_type != IBV_TRANSPORT_IB) {
    return device->name + " speaks no InfiniBand verbs (iWARP and others are connected otherwise)";
  }
  device->context.reset(ibv_open_device(&found));
  if (!device->context) return refused("opened");
  device->domain.reset(ibv_alloc_pd(device->context.get()));
  if (!device->domain) return refused("given a protection domain");
  if (ibv_query_device(device->context.get(), &device->attributes) != 0) return refused("queried");
  const std::string folder = std::string(found.ibdev_path) + "/device";
  device->numa_node = numa_node_of(folder);
  device->path = pci_path(folder);
  return device;
}

bool is_named(const Port& port, const NicWord& word) {
  return port.device->name == word.device && (word.port == 0 || word.port == port.number);
}

}  // namespace

int bytes_of(ibv_mtu mtu) {
  return mtu >= IBV_MTU_256 && mtu <= IBV_MTU_4096 ? 128 << static_cast<int>(mtu) : 0;
}

ibv_mtu mtu_of(int bytes) {
  int code = IBV_MTU_256;
  while (code < IBV_MTU_4096 && (128 << code) < bytes) ++code;
  return static_cast<ibv_mtu>(code);
}

double bits_per_second(const Port& port) {
  std::ifstream file(
      fmt::format("{}/ports/{}/rate", port.device->context->device->ibdev_path, port.number));
  std::string line;
  std::getline(file, line);
  const ibv_port_attr& is = port.attributes;
  return shortfall::bits_per_second({is.active_speed, is.active_width, port.is_ethernet()},
                                    port_rate_in(line));
}

std::variant<std::vector<std::string>, std::string> device_names() {
  errno = 0;
  const DeviceList list;
  // A kernel without InfiniBand answers ENOSYS: that is no fault.
  if (list.devices == nullptr) return "there are no RDMA devices: " + answer(errno);
  std::vector<std::string> names;
  for (int i = 0; i < list.count; ++i) names.emplace_back(ibv_get_device_name(list.devices[i]));
  std::ranges::sort(names, {}, [](const std::string& name) { return NaturalName{name}; });
  return names;
}

Ports::Ports() {
  const DeviceList list;
  for (int i = 0; i < list.count; ++i) {
    auto opened = open(*list.devices[i]);
    if (auto* const why = std::get_if<std::string>(&opened)) {
      refused_.push_back(std::move(*why));
      continue;
    }
    const auto device = std::get<std::shared_ptr<OpenDevice>>(opened);
    for (int number = 1; number <= device->attributes.phys_port_cnt; ++number) {
      Port port{device, number, {}};
      const auto at = static_cast<std::uint8_t>(number);
      if (ibv_query_port(device->context.get(), at, &port.attributes) != 0) {
        refused_.push_back(fmt::format("{} cannot be queried: {}", port.text(), answer(errno)));
        continue;
      }
      all_.push_back(std::move(port));
    }
  }
  std::ranges::sort(all_, {}, [](const Port& port) {
    return std::tuple(NaturalName{port.device->name}, port.number);
  });
}

std::vector<Port> Ports::active() const {
  std::vector<Port> active;
  std::ranges::copy_if(all_, std::back_inserter(active), &Port::is_active);
  return active;
}

std::vector<Port> Ports::nearest(const std::vector<Port>& ports, const std::string& gpu, int node) {
  std::vector<Port> near;
  if (!gpu.empty()) {
    const std::string folder = "/sys/bus/pci/devices/" + gpu;
    std::vector<PciPath> paths;
    for (const Port& port : ports) paths.push_back(port.device->path);
    for (const std::size_t i : nearest_on_pci(pci_path(folder), paths)) near.push_back(ports[i]);
    if (!near.empty()) return near;
    if (const int of_gpu = numa_node_of(folder); of_gpu >= 0) node = of_gpu;
  }
  std::ranges::copy_if(ports, std::back_inserter(near),
                       [&](const Port& p) { return p.device->numa_node == node; });
  return near.empty() ? ports : near;
}

std::variant<Port, std::string> Ports::choose(const NicWord& word, const Standpoint& from) const {
  const std::vector<Port> usable = active();
  if (!word.device.empty()) {
    const auto found = std::ranges::find_if(all_, [&](const Port& p) { return is_named(p, word); });
    if (found == all_.end()) {
      return fmt::format("there is no {} on this host. There are: {}", shortfall::text_of(word),
                         text());
    }
    if (!found->is_active()) {
      return fmt::format("port {} is {}, not ACTIVE: look at its cable and its switch",
                         found->text(), ibv_port_state_str(found->attributes.state));
    }
    return *found;
  }
  if (usable.empty()) return "no port of an RDMA device is active: " + text();
  if (word.index) {
    const auto index = static_cast<std::size_t>(*word.index);
    if (index < usable.size()) return usable[index];
    return fmt::format("there is no active port {} on this host, of {}: {}", index, usable.size(),
                       text());
  }
  const std::vector<Port> near = nearest(usable, from.gpu, from.place.node);
  const bool is_on_node = from.gpu.empty() && near[0].device->numa_node == from.place.node;
  const int turn = is_on_node ? from.place.on_node : from.place.on_host;
  return near[static_cast<std::size_t>(turn) % near.size()];
}

std::string Ports::text() const {
  std::string text;
  for (const Port& port : all_) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", port.text(),
                        ibv_port_state_str(port.attributes.state));
  }
  for (const std::string& refusal : refused_) text += (text.empty() ? "" : "; ") + refusal;
  return text.empty() ? "none" : text;
}

}  // namespace shortfall::verbs

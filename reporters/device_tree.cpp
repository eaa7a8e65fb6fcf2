#include "reporters/device_tree.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <map>

#include "reporters/lines.hpp"
#include "reporters/plugged.hpp"

namespace shortfall {
namespace {

constexpr std::size_t width = 100;

struct Branch {
  std::map<std::string, Branch> below;  // by the bridge that leads there
  std::vector<const Plugged*> devices;
};

Branch grown(const std::vector<const Plugged*>& devices) {
  Branch root;
  for (const Plugged* device : devices) {
    Branch* at = &root;
    for (const std::string& bridge : device->slot->bridges) at = &at->below[bridge];
    at->devices.push_back(device);
  }
  return root;
}

void write_device(std::ostream& out, const Plugged& device, std::size_t indent) {
  const std::string link = slot_text(*device.slot, device.is_gpu);
  const std::string address = device.slot->address.empty() ? "not on PCI" : device.slot->address;
  const std::string name = fmt::format("{:{}}{:<12}  {:<8}", "", indent, address, device.name);
  const std::size_t column = name.size() + 2;
  out << item(name, device.what + (link.empty() ? "" : "; " + link), width, column);
  for (const Outside& port : device.outside) out << wrapped(port.full, width, column);
}

void write_branch(std::ostream& out, const Branch& branch, std::size_t indent) {
  for (const Plugged* device : branch.devices) write_device(out, *device, indent);
  for (const auto& [bridge, below] : branch.below) {
    const bool is_host_bridge = bridge.starts_with("pci");
    const bool is_shared = below.devices.size() + below.below.size() > 1;
    const bool is_shown = is_host_bridge || is_shared;
    if (is_shown) fmt::print(out, "{:{}}{}\n", "", indent, bridge);
    write_branch(out, below, indent + (is_shown ? 2 : 0));
  }
}

std::string node_text(const std::optional<int>& node) {
  return node ? fmt::format("NUMA node {}", *node) : "NUMA node unknown";
}

}  // namespace

void write_device_tree(std::ostream& out, const Host& host) {
  const std::vector<Plugged> all = plugged_in(host);
  if (all.empty()) return;
  std::map<int, std::vector<const Plugged*>> nodes;  // -1: unknown
  for (const Plugged& device : all) nodes[device.slot->numa_node.value_or(-1)].push_back(&device);
  out << "  devices\n";
  for (const auto& [node, devices] : nodes) {
    fmt::print(out, "    {}\n", node_text(devices.front()->slot->numa_node));
    write_branch(out, grown(devices), 6);
  }
}

}  // namespace shortfall

#include <fmt/ostream.h>

#include <algorithm>

#include "reporters/device_tree.hpp"
#include "reporters/plugged.hpp"
#include "topology/distance.hpp"
#include "topology/words.hpp"

namespace shortfall {
namespace {

constexpr std::string_view legend =
    "    X itself; PIX through one switch; PXB through several; PHB through a host bridge; NODE\n"
    "    between host bridges of a NUMA node; SYS between NUMA nodes\n";

std::string cell(const Plugged& row, const Plugged& column) {
  if (&row == &column) return "X";
  const Distance found = distance(*row.slot, *column.slot);
  return found == Distance::unknown ? "?" : std::string(word(found));
}

std::string cpus_near(const Host& host, const PciSlot& slot) {
  if (!slot.numa_node) return "?";
  const auto node = std::ranges::find(host.numa, *slot.numa_node, &NumaNode::number);
  return node == host.numa.end() || node->cpus.empty() ? "?" : node->cpus;
}

}  // namespace

void write_distances(std::ostream& out, const Host& host) {
  std::vector<Plugged> all = plugged_in(host);
  std::erase_if(all, [](const Plugged& device) { return device.slot->address.empty(); });
  if (all.size() < 2) return;
  std::size_t column = 5;
  for (const Plugged& device : all) column = std::max(column, device.name.size() + 1);
  fmt::print(out, "  distances\n    {:<{}}", "", column);
  for (const Plugged& device : all) fmt::print(out, "{:<{}}", device.name, column);
  fmt::print(out, "{:<6}{}\n", "NUMA", "CPUs");
  for (const Plugged& row : all) {
    fmt::print(out, "    {:<{}}", row.name, column);
    for (const Plugged& other : all) fmt::print(out, "{:<{}}", cell(row, other), column);
    const std::string node =
        row.slot->numa_node ? std::to_string(*row.slot->numa_node) : std::string("?");
    fmt::print(out, "{:<6}{}\n", node, cpus_near(host, *row.slot));
  }
  out << legend;
}

}  // namespace shortfall

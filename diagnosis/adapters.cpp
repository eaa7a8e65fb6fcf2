#include "diagnosis/adapters.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text.hpp"

namespace shortfall {
namespace {

// Nothing if the CPUs belong to several nodes, or it is not told.
std::optional<int> node_of(const std::string& cpus, const Host& host) {
  const std::vector<int> wanted = cpus_in(cpus);
  if (wanted.empty()) return std::nullopt;
  for (const NumaNode& node : host.numa) {
    const std::vector<int> there = cpus_in(node.cpus);
    const auto is_there = [&](int cpu) { return std::ranges::count(there, cpu) > 0; };
    if (std::ranges::all_of(wanted, is_there)) return node.number;
  }
  return std::nullopt;
}

}  // namespace

std::string Adapters::ActivePort::name() const {
  return nic->ports.size() > 1 ? nic->name + ":" + std::to_string(number) : nic->name;
}

Adapters::Adapters(const Report& report) {
  std::map<std::string, int> seen;
  for (const Binding& binding : report.machine.bindings) {
    const auto host = std::ranges::find(report.machine.hosts, binding.host, &Host::name);
    const int number = seen[binding.host]++;
    const bool is_known = host != report.machine.hosts.end();
    ranks_.push_back(is_known ? adapters_of(*host, binding.set, number) : OfRank{});
  }
}

// In the order in which backends/verbs numbers them: mlx5_2 before mlx5_10.
std::vector<Adapters::ActivePort> Adapters::active_ports(const Host& host) {
  std::vector<ActivePort> all;
  for (const Nic& nic : host.nics) {
    for (const RdmaPort& port : nic.ports) {
      if (port.is_active()) all.push_back({&nic, port.number});
    }
  }
  std::ranges::sort(all, {}, [](const ActivePort& port) {
    return std::tuple(port.nic->name.size(), port.nic->name, port.number);
  });
  return all;
}

// The nearest as backends/verbs chooses it: those of the rank's node of memory in turn, or all
// where none belongs to it.
Adapters::OfRank Adapters::adapters_of(const Host& host, const std::string& cpus,
                                       int number_on_host) {
  OfRank rank{active_ports(host), std::nullopt};
  const auto node = node_of(cpus, host);
  if (rank.ports.size() == 1) rank.nearest = 0;
  if (rank.ports.size() < 2 || !node) return rank;
  std::vector<std::size_t> near, all;
  for (std::size_t i = 0; i < rank.ports.size(); ++i) {
    all.push_back(i);
    if (rank.ports[i].nic->slot.numa_node == node) near.push_back(i);
  }
  const std::vector<std::size_t>& among = near.empty() ? all : near;
  rank.nearest = among[static_cast<std::size_t>(number_on_host) % among.size()];
  return rank;
}

UsedAdapter Adapters::of(int rank, const NicWord& word) const {
  const auto& [ports, nearest] = ranks_.at(static_cast<std::size_t>(rank));
  std::optional<std::size_t> at = nearest;
  if (word.index) at = static_cast<std::size_t>(*word.index);
  if (!word.device.empty()) {
    const auto found = std::ranges::find_if(ports, [&](const ActivePort& port) {
      return port.nic->name == word.device && (word.port == 0 || word.port == port.number);
    });
    if (found == ports.end()) return {text_of(word), std::nullopt};
    at = static_cast<std::size_t>(found - ports.begin());
  }
  if (!at || *at >= ports.size()) return {};
  return {ports[*at].name(), static_cast<int>(*at)};
}

}  // namespace shortfall

#include "diagnosis/rdma/rank_devices.hpp"

#include <algorithm>
#include <tuple>

#include "core/error.hpp"
#include "core/natural_order.hpp"
#include "core/nic_words.hpp"
#include "diagnosis/rdma/like_ports.hpp"

namespace shortfall {
namespace {

constexpr int idle = -1;

// In the order in which --set nics=2 counts them.
std::vector<NicPort> active_ports(const Host& host) {
  std::vector<NicPort> all;
  for (const Nic& nic : host.nics) {
    for (const RdmaPort& port : nic.ports) {
      if (is_usable_by_verbs(nic, port)) all.push_back({&nic, &port});
    }
  }
  std::ranges::sort(all, {}, [](const NicPort& port) {
    return std::tuple(NaturalName{port.nic->name}, port.port->number);
  });
  return all;
}

template <class List, class Value, class Key>
auto found_in(const List& list, const Value& value, Key key) {
  const auto found = std::ranges::find(list, value, key);
  return found != list.end() ? &*found : nullptr;
}

}  // namespace

// Empty for words that this version does not know: a report may be of another one.
Partition RankDevices::groups_of(const Result& result) const {
  const auto word = word_of(result, "group");
  if (!word || hosts_.empty()) return {};
  try {
    return partition(*word, hosts_);
  } catch (const Error&) {
    return {};
  }
}

std::optional<int> RankDevices::rank_of_details(const Result& result) const {
  // Of 3-1, it is rank 3 that makes the calls.
  const auto pair = chosen_pair(word_of(result, "group").value_or(""));
  if (pair && pair->first > pair->second) return std::nullopt;
  const Partition groups = groups_of(result);
  const auto lowest = std::ranges::find_if(groups, [](int group) { return group != idle; });
  if (lowest == groups.end()) return std::nullopt;
  return static_cast<int>(lowest - groups.begin());
}

std::optional<int> RankDevices::partner_of(int rank, const Result& result) const {
  const Partition groups = groups_of(result);
  const auto at = static_cast<std::size_t>(rank);
  if (at >= groups.size() || groups[at] == idle || std::ranges::count(groups, groups[at]) != 2) {
    return std::nullopt;
  }
  for (std::size_t other = 0; other < groups.size(); ++other) {
    if (other != at && groups[other] == groups[at]) return static_cast<int>(other);
  }
  return std::nullopt;
}

UsedAdapter RankDevices::adapter_of(int rank, const Measured& measured) const {
  const std::vector<std::string>& told = measured.per_rank.adapters;
  const auto at = static_cast<std::size_t>(rank);
  const auto words = at < told.size() ? nic_words_from(told[at]) : std::nullopt;
  if (!words || words->from.device.empty()) return {};
  const NicWord& word = words->from;
  const Binding* const binding = binding_of(rank);
  const Host* const host = binding ? host_of(*binding) : nullptr;
  if (host == nullptr) return {told[at], std::nullopt};
  const std::vector<NicPort> ports = active_ports(*host);
  const auto found = std::ranges::find_if(ports, [&](const NicPort& port) {
    return port.nic->name == word.device && (word.port == 0 || word.port == port.port->number);
  });
  if (found == ports.end()) return {told[at], std::nullopt};
  const bool is_only_port = found->nic->ports.size() == 1;
  return {is_only_port ? word.device : told[at], static_cast<int>(found - ports.begin())};
}

int RankDevices::ranks_beside(int rank, const Result& result) const {
  const Partition groups = groups_of(result);
  const auto at = static_cast<std::size_t>(rank);
  int ranks = 0;
  for (std::size_t other = 0; at < hosts_.size() && other < groups.size(); ++other) {
    if (groups[other] != idle && hosts_[other] == hosts_[at]) ++ranks;
  }
  return ranks;
}

const Binding* RankDevices::binding_of(std::optional<int> rank) const {
  return rank ? found_in(machine_.bindings, *rank, &Binding::rank) : nullptr;
}

const Host* RankDevices::host_of(const Binding& binding) const {
  return found_in(machine_.hosts, binding.host, &Host::name);
}

const Gpu* RankDevices::gpu_of(const Binding& binding) const {
  const Host* const host = host_of(binding);
  if (host == nullptr || binding.gpu.empty()) return nullptr;
  return found_in(host->gpus, binding.gpu, [](const Gpu& gpu) { return gpu.slot.address; });
}

const Nic* nic_named(const std::string& name, const Host& host) {
  return found_in(host.nics, name, &Nic::name);
}

}  // namespace shortfall

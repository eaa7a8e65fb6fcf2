#include "diagnosis/rdma/rank_devices.hpp"

#include <algorithm>
#include <tuple>

#include "core/error.hpp"
#include "core/natural_order.hpp"
#include "core/nic_words.hpp"

namespace shortfall {
namespace {

constexpr int idle = -1;

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

RankDevices::RankDevices(const Report& report) : hosts_(hosts_by_rank(report)) {
  for (const Binding& binding : report.machine.bindings) bindings_.emplace(binding.rank, &binding);
  for (const Host& host : report.machine.hosts) {
    hosts_by_name_.try_emplace(host.name, KnownHost{&host, active_ports(host)});
  }
}

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

std::vector<int> RankDevices::ranks_in(const Result& result) const {
  const Partition groups = groups_of(result);
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < groups.size(); ++rank) {
    if (groups[rank] != idle) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
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
  const KnownHost* const known = binding ? known_host_of(*binding) : nullptr;
  if (known == nullptr) return {told[at], std::nullopt, {}};
  const std::vector<NicPort>& ports = known->active_ports;
  const auto found = std::ranges::find_if(ports, [&](const NicPort& port) {
    return port.nic->name == word.device && (word.port == 0 || word.port == port.port->number);
  });
  if (found == ports.end()) return {told[at], std::nullopt, {}};
  const bool is_only_port = found->nic->ports.size() == 1;
  return {is_only_port ? word.device : told[at], static_cast<int>(found - ports.begin()),
          found->port->rate};
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
  const auto found = rank ? bindings_.find(*rank) : bindings_.end();
  return found != bindings_.end() ? found->second : nullptr;
}

const RankDevices::KnownHost* RankDevices::known_host_of(const Binding& binding) const {
  const auto found = hosts_by_name_.find(binding.host);
  return found != hosts_by_name_.end() ? &found->second : nullptr;
}

const Host* RankDevices::host_of(const Binding& binding) const {
  const KnownHost* const known = known_host_of(binding);
  return known != nullptr ? known->host : nullptr;
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

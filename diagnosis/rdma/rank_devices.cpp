#include "diagnosis/rdma/rank_devices.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "diagnosis/measured_cases.hpp"

namespace shortfall {
namespace {

constexpr int idle = -1;

// Empty for words that this version does not know: a report may be of another one.
Partition groups_of(const Result& result, const Report& report) {
  const auto word = word_of(result, "group");
  const HostOfRank hosts = hosts_by_rank(report);
  if (!word || hosts.empty()) return {};
  try {
    return partition(*word, hosts);
  } catch (const Error&) {
    return {};
  }
}

template <class List, class Value, class Key>
auto found_in(const List& list, const Value& value, Key key) {
  const auto found = std::ranges::find(list, value, key);
  return found != list.end() ? &*found : nullptr;
}

}  // namespace

std::optional<int> rank_of_details(const Result& result, const Report& report) {
  // Of 3-1, it is rank 3 that makes the calls.
  const auto pair = chosen_pair(word_of(result, "group").value_or(""));
  if (pair && pair->first > pair->second) return std::nullopt;
  const Partition groups = groups_of(result, report);
  const auto lowest = std::ranges::find_if(groups, [](int group) { return group != idle; });
  if (lowest == groups.end()) return std::nullopt;
  return static_cast<int>(lowest - groups.begin());
}

std::optional<int> partner_of(int rank, const Result& result, const Report& report) {
  const Partition groups = groups_of(result, report);
  const auto at = static_cast<std::size_t>(rank);
  if (at >= groups.size() || groups[at] == idle || std::ranges::count(groups, groups[at]) != 2) {
    return std::nullopt;
  }
  for (std::size_t other = 0; other < groups.size(); ++other) {
    if (other != at && groups[other] == groups[at]) return static_cast<int>(other);
  }
  return std::nullopt;
}

int ranks_beside(int rank, const Result& result, const Report& report) {
  const Partition groups = groups_of(result, report);
  const HostOfRank hosts = hosts_by_rank(report);
  const auto at = static_cast<std::size_t>(rank);
  int ranks = 0;
  for (std::size_t other = 0; at < hosts.size() && other < groups.size(); ++other) {
    if (groups[other] != idle && hosts[other] == hosts[at]) ++ranks;
  }
  return ranks;
}

const Binding* binding_of(int rank, const Machine& machine) {
  return found_in(machine.bindings, rank, &Binding::rank);
}

const Host* host_of(const Binding& binding, const Machine& machine) {
  return found_in(machine.hosts, binding.host, &Host::name);
}

const Gpu* gpu_of(const Binding& binding, const Machine& machine) {
  const Host* const host = host_of(binding, machine);
  if (host == nullptr || binding.gpu.empty()) return nullptr;
  return found_in(host->gpus, binding.gpu, [](const Gpu& gpu) { return gpu.slot.address; });
}

const Nic* nic_named(const std::string& name, const Host& host) {
  return found_in(host.nics, name, &Nic::name);
}

}  // namespace shortfall

#include "diagnosis/binding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "diagnosis/drift/fold.hpp"

namespace shortfall {
namespace {

struct Rank {
  const Binding* binding;
  std::vector<int> cpus, cores;
};

struct Occupants {  // of one host
  const Host* host;
  std::vector<Rank> ranks;
};

std::vector<Occupants> by_host(const Machine& machine) {
  std::map<std::string_view, std::vector<Rank>> ranks;
  for (const Binding& binding : machine.bindings) {
    const auto cpus = cpus_in(binding.set);
    const auto cores = binding.cores.empty() ? cpus : cpus_in(binding.cores);
    if (!cpus.empty()) ranks[binding.host].push_back({&binding, cpus, cores});
  }
  std::vector<Occupants> hosts;
  for (const Host& host : machine.hosts) {
    const auto found = ranks.find(host.name);
    if (found == ranks.end()) continue;
    std::ranges::sort(found->second, {}, [](const Rank& rank) { return rank.binding->rank; });
    hosts.push_back({&host, std::move(found->second)});
  }
  return hosts;
}

int free_cores(const Occupants& on) {
  std::set<int> used;
  for (const Rank& rank : on.ranks) used.insert(rank.cores.begin(), rank.cores.end());
  return on.host->cpu.cores - static_cast<int>(used.size());
}

// Gives each rank a core of its own, those with the least choice first, and returns those for whom
// none is left. Exact where sets of cores are equal, apart, or one within the other, as launchers
// make them.
std::vector<const Rank*> without_core(const Occupants& on) {
  std::vector<const Rank*> waiting;
  for (const Rank& rank : on.ranks) waiting.push_back(&rank);
  std::ranges::stable_sort(waiting, {}, [](const Rank* rank) { return rank->cores.size(); });
  std::set<int> taken;
  std::erase_if(waiting, [&](const Rank* rank) {
    return std::ranges::any_of(rank->cores, [&](int core) { return taken.insert(core).second; });
  });
  return waiting;
}

Finding of_host(const Occupants& on, const char* kind, int rank) {
  return {.severity = Finding::Severity::warn,
          .kind = kind,
          .host = on.host->name,
          .rank = rank,
          .metric = "binding"};
}

std::string spread_out(const Occupants& on) {
  const auto ranks = static_cast<int>(on.ranks.size());
  const int cores = std::max(1, on.host->cpu.cores / ranks);
  const int threads = std::max(1, on.host->cpu.threads / std::max(1, on.host->cpu.cores));
  return fmt::format(
      "give each rank its own cores: 'mpirun --map-by ppr:{0}:node:PE={1} --bind-to core', or "
      "'srun "
      "--ntasks-per-node={0} --cpus-per-task={2} --cpu-bind=cores'",
      ranks, cores, cores * threads);
}

void check_cores(const Occupants& on, std::vector<Finding>& findings) {
  const int free = free_cores(on);
  if (on.ranks.size() < 2 || free <= 0 || on.ranks.front().binding->is_shared) return;
  const auto waiting = without_core(on);
  if (waiting.empty()) return;
  const std::vector<int>& first = on.ranks.front().cores;
  const bool are_all_on_one = first.size() == 1 && std::ranges::all_of(on.ranks, [&](auto& rank) {
                                return rank.cores == first;
                              });
  const Rank& rank = *waiting.front();
  Finding finding =
      of_host(on, are_all_on_one ? "all_on_one_core" : "shared_core", rank.binding->rank);
  finding.value = static_cast<double>(waiting.size());
  finding.expected = 0;
  finding.unit = "ranks";
  const std::string idle = free == 1 ? "1 core is" : fmt::format("{} cores are", free);
  finding.reason =
      are_all_on_one
          ? fmt::format("all {} ranks run on core {}, bound by {}, while {} free", on.ranks.size(),
                        first.front(), rank.binding->by, idle)
          : fmt::format(
                "{} of {} ranks have no core of their own (rank {} shares those of CPUs {}, "
                "bound by {}), while {} free",
                waiting.size(), on.ranks.size(), rank.binding->rank, rank.binding->set,
                rank.binding->by, idle);
  finding.action = spread_out(on);
  findings.push_back(std::move(finding));
}

// The CPUs beside a device; empty if nobody knows.
std::vector<int> cpus_beside(const Host& host, const PciSlot& slot) {
  const auto node = std::ranges::find_if(
      host.numa, [&](const NumaNode& n) { return slot.numa_node == n.number; });
  return node == host.numa.end() ? std::vector<int>{} : cpus_in(node->cpus);
}

bool may_use(const Rank& rank, const std::vector<int>& cpus) {
  return std::ranges::any_of(rank.cpus,
                             [&](int cpu) { return std::ranges::find(cpus, cpu) != cpus.end(); });
}

std::string by_node(const Occupants& on) {
  const auto ranks = static_cast<int>(on.ranks.size());
  const int nodes = std::max(1, on.host->cpu.numa_nodes);
  return fmt::format("mpirun --map-by ppr:{}:numa --bind-to core", (ranks + nodes - 1) / nodes);
}

void check_gpus(const Occupants& on, std::vector<Finding>& findings) {
  std::vector<const Rank*> far;
  for (const Rank& rank : on.ranks) {
    const auto gpu = std::ranges::find_if(on.host->gpus, [&](const Gpu& g) {
      return !rank.binding->gpu.empty() && g.slot.address == rank.binding->gpu;
    });
    if (gpu == on.host->gpus.end()) continue;
    const auto beside = cpus_beside(*on.host, gpu->slot);
    if (!beside.empty() && !may_use(rank, beside)) far.push_back(&rank);
  }
  if (far.empty()) return;
  const Binding& first = *far.front()->binding;
  const auto gpu = std::ranges::find(
      on.host->gpus, first.gpu, [](const Gpu& g) -> const std::string& { return g.slot.address; });
  Finding finding = of_host(on, "far_from_gpu", first.rank);
  finding.device = first.gpu;
  finding.value = static_cast<double>(far.size());
  finding.expected = 0;
  finding.unit = "ranks";
  finding.reason = fmt::format(
      "{} of {} ranks run away from the NUMA node of their GPU; rank {} on CPUs {} (by {}), while "
      "its GPU {} is on node {}",
      far.size(), on.ranks.size(), first.rank, first.set, first.by, first.gpu,
      gpu->slot.numa_node.value_or(-1));
  finding.action = fmt::format(
      "'{}', or 'srun --gpu-bind=closest --cpu-bind=cores'; or choose the GPU of each rank by its "
      "NUMA node with CUDA_VISIBLE_DEVICES",
      by_node(on));
  findings.push_back(std::move(finding));
}

void check_nics(const Occupants& on, std::vector<Finding>& findings) {
  if (!on.host->gpus.empty()) return;
  const Nic* nearest = nullptr;
  for (const Nic& nic : on.host->nics) {
    if (!nic.is_rdma() || !nic.has_active_port()) continue;
    const auto beside = cpus_beside(*on.host, nic.slot);
    if (beside.empty()) return;  // unknown
    if (std::ranges::any_of(on.ranks, [&](const Rank& rank) { return may_use(rank, beside); })) {
      return;
    }
    nearest = &nic;
  }
  if (nearest == nullptr) return;
  const Binding& first = *on.ranks.front().binding;
  const int node = nearest->slot.numa_node.value_or(0);
  Finding finding = of_host(on, "far_from_nic", first.rank);
  finding.device = nearest->name;
  finding.reason = fmt::format(
      "no rank runs on a NUMA node with an RDMA device: {} is on node {}, rank {} on CPUs {} (by "
      "{})",
      nearest->name, node, first.rank, first.set, first.by);
  finding.action = fmt::format("'{}', or 'srun --cpu-bind=map_ldom:{}'", by_node(on), node);
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> binding_findings(const Machine& machine) {
  std::vector<Finding> findings;
  for (const Occupants& on : by_host(machine)) {
    check_cores(on, findings);
    check_gpus(on, findings);
    check_nics(on, findings);
  }
  return folded(std::move(findings));
}

}  // namespace shortfall

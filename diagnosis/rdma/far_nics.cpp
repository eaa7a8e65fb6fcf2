// Adapters that results were measured with, on another NUMA node than the rank that used them.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/nic_words.hpp"
#include "core/text.hpp"
#include "diagnosis/binding.hpp"
#include "diagnosis/details.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/measured_cases.hpp"
#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/rdma/rank_devices.hpp"
#include "diagnosis/rdma/ucx_lanes.hpp"

namespace shortfall {
namespace {

// A rank and what it moved its data by: "mlx5_0", "eth0", "memory".
struct Use {
  int rank;
  std::string device;
};

// Of verbs each rank tells its adapter, of UCX one the lanes.
std::vector<Use> uses_in(const Result& result, const Measured& measured, const RankDevices& ranks) {
  std::vector<Use> uses;
  for (std::size_t i = 0; i < measured.per_rank.adapters.size(); ++i) {
    const auto words = nic_words_from(measured.per_rank.adapters[i]);
    if (words) uses.push_back({static_cast<int>(i), words->from.device});
  }
  const auto rank = ranks.rank_of_details(result);
  if (!uses.empty() || !rank) return uses;
  uses.push_back({*rank, detail_of(measured, "device")});
  for (const UcxLane& lane : ucx_lanes(detail_of(measured, "transports"))) {
    uses.push_back({*rank, adapter_of(lane)});
  }
  return uses;
}

const NumaNode* node_of(const Nic& nic, const Host& host) {
  const auto node = std::ranges::find_if(
      host.numa, [&](const NumaNode& one) { return nic.slot.numa_node == one.number; });
  return node != host.numa.end() ? &*node : nullptr;
}

// False, too, where the CPUs of either are not known.
bool is_far(const Binding& rank, const NumaNode& node) {
  const auto beside = cpus_in(node.cpus), used = cpus_in(rank.set);
  return !beside.empty() && !used.empty() &&
         std::ranges::none_of(used, [&](int cpu) { return std::ranges::count(beside, cpu) > 0; });
}

// Of a GPU's memory nothing passes the processor, wherever the rank runs.
bool is_beside_gpu(const Result& result, const Gpu* gpu, const NumaNode& node) {
  return result.memory == "cuda" && gpu != nullptr && gpu->slot.numa_node == node.number;
}

Finding finding_of(const Result& result, const Binding& rank, const Nic& nic,
                   const NumaNode& node) {
  const std::string asked = word_of(result, "nics").value_or("nearest");
  const bool is_chosen = result.backend == "verbs" && asked != "nearest";
  return {
      .severity = Finding::Severity::warn,
      .kind = "far_from_nic",
      .host = rank.host,
      .rank = rank.rank,
      .device = nic.name,
      .metric = result.backend == "verbs" ? "per_rank.adapters" : "details.transports",
      .reason = fmt::format(
          "{} was measured with {}{}, which is on NUMA node {} (CPUs {}), by rank {} on CPUs {} "
          "(bound by {}): its data crosses the link between processors",
          result.key, nic.name, is_chosen ? ", as nics=" + asked + " asks" : "", node.number,
          node.cpus, rank.rank, rank.set, rank.by),
      .action = fmt::format("bind the rank beside it ('srun --cpu-bind=map_ldom:{}', 'mpirun "
                            "--map-by numa --bind-to core'), or choose an adapter of its own "
                            "node (--set nics=nearest, UCX_NET_DEVICES)",
                            node.number)};
}

// Of many results that say the same, the first is told.
class FarUses {
 public:
  explicit FarUses(const Report& report) : ranks_(report) {
    for (const Finding& finding : binding_findings(report.machine)) {
      if (finding.kind == "far_from_nic") told_.emplace(finding.host, finding.device);
    }
  }

  void check(const Result& result) {
    const auto* const measured = std::get_if<Measured>(&result.outcome);
    if (measured == nullptr || (result.backend != "verbs" && result.backend != "ucx")) return;
    for (const Use& use : uses_in(result, *measured, ranks_)) {
      if (seen_.emplace(use.rank, use.device, result.memory).second) check(result, use);
    }
  }
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void check(const Result& result, const Use& use) {
    const Binding* const binding = ranks_.binding_of(use.rank);
    const Host* const host = binding ? ranks_.host_of(*binding) : nullptr;
    const Nic* const nic = host ? nic_named(use.device, *host) : nullptr;
    const NumaNode* const node = nic && nic->has_active_port() ? node_of(*nic, *host) : nullptr;
    if (node == nullptr || told_.contains({host->name, nic->name}) || !is_far(*binding, *node) ||
        is_beside_gpu(result, ranks_.gpu_of(*binding), *node)) {
      return;
    }
    told_.emplace(host->name, nic->name);
    findings_.push_back(finding_of(result, *binding, *nic, *node));
  }

  RankDevices ranks_;
  std::set<std::pair<std::string, std::string>> told_;        // host and adapter
  std::set<std::tuple<int, std::string, std::string>> seen_;  // rank, adapter and memory
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> used_from_afar(const Report& report) {
  FarUses uses(report);
  for (const Entry& entry : report.entries) uses.check(entry.result);
  return folded(uses.take());
}

}  // namespace shortfall

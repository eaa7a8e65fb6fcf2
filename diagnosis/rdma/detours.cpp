// Transfers between devices that go over the host bridge though a switch could pass them on.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/details.hpp"
#include "diagnosis/drift/fold.hpp"
#include "diagnosis/measured_cases.hpp"
#include "diagnosis/rdma/measured.hpp"
#include "diagnosis/rdma/rank_devices.hpp"
#include "topology/datasheets/link_promises.hpp"
#include "topology/distance.hpp"

namespace shortfall {
namespace {

struct Way {  // between two devices of one host
  const Host* host;
  const PciSlot *from, *to;
  std::string from_name, to_name;
  int rank;
  bool is_alone;                     // no other ranks of the host move anything at the same time
  std::optional<int> far_rank = {};  // of another host, whose own way it may be as well
};

// Links between switches are shared by all who cross them at the same time.
bool is_by_switches(const Way& way) {
  const Distance between = distance(*way.from, *way.to);
  return between == Distance::pix || (between == Distance::pxb && way.is_alone);
}

std::optional<Bandwidth> promise_of(const PciSlot& slot) {
  return pcie_promise(slot.loaded.value_or(attainable_link(slot))).payload;
}

// In the words of a sentence; "" = neither can be the reason.
std::string suspicion(const Way& way) {
  const std::optional<bool> translates = way.host->os.is_translated;
  const bool is_acs_on = way.from->acs == true || way.to->acs == true;
  const bool is_acs_off = way.from->acs == false && way.to->acs == false;
  std::string text;
  if (is_acs_on) text = "access control (ACS) of the bridges above them is on";
  if (translates == true) {
    text += text.empty() ? "" : ", and ";
    text += "an IOMMU translates addresses of devices";
  }
  if (!text.empty() || (is_acs_off && translates == false)) return text;
  if (!is_acs_off) return "whether access control (ACS) of bridges detours them only root can read";
  return "whether an IOMMU translates is not told";
}

void check(const Way& way, Bandwidth rate, Bandwidth promise, const std::string& key,
           std::vector<Finding>& findings) {
  const double share = rate / promise;
  const std::string why = suspicion(way);
  if (share >= least_share_of_straight_transfers || why.empty() || !is_by_switches(way)) return;
  findings.push_back(
      {.severity = Finding::Severity::warn,
       .kind = "detoured_transfers",
       .host = way.host->name,
       .rank = way.rank,
       .device = way.from_name,
       .link = way.from_name + " - " + way.to_name,
       .metric = "rates.algorithm_bytes_per_s",
       .value = rate.value,
       .expected = promise.value,
       .unit = "B/s",
       .reason = fmt::format(
           "{}: {} and {} are below the same switches and exchange {}, {:.0f} % of the {} that "
           "slot and line allow; {}{}",
           key, way.from_name, way.to_name, scaled(rate.value, "B/s"), 100 * share,
           scaled(promise.value, "B/s"), why,
           way.far_rank ? fmt::format("; or it is the other end, rank {}", *way.far_rank) : ""),
       .action = "disable ACS in the BIOS, or on each bridge by 'setpci -s BRIDGE "
                 "ECAP_ACS+0x6.w=0000' ('lspci -vvv | grep ACSCtl' as root shows it); boot with "
                 "iommu=pt, or switch the IOMMU off"});
}

bool is_large(const Result& result) {
  const auto bytes = number_of(result, "bytes");
  return bytes && static_cast<double>(*bytes) >= least_of_large_transfers.value;
}

// Of the slowest pair of a case. A copy of GPUs with NVLinks goes by them.
void check_copy(const Entry& entry, const RankDevices& ranks, std::vector<Finding>& findings) {
  const Result& result = entry.result;
  const auto& measured = std::get<Measured>(result.outcome);
  if (measured.per_rank.worst.empty()) return;
  const RankTime& slowest = measured.per_rank.worst.front();
  const Binding* const from = ranks.binding_of(slowest.rank);
  const Binding* const to = ranks.binding_of(ranks.partner_of(slowest.rank, result));
  if (from == nullptr || to == nullptr || from->host != to->host) return;
  const Gpu* const a = ranks.gpu_of(*from);
  const Gpu* const b = ranks.gpu_of(*to);
  if (a == nullptr || b == nullptr || has_nvlinks(*a) || has_nvlinks(*b)) return;
  const auto rate = rates(result.work, slowest.median).algorithm;
  const auto promised = promise_of(a->slot), other = promise_of(b->slot);
  if (!rate || !promised || !other) return;
  check({ranks.host_of(*from), &a->slot, &b->slot, a->slot.address, b->slot.address, slowest.rank,
         ranks.ranks_beside(slowest.rank, result) == 2},
        *rate, std::min(*promised, *other), result.key, findings);
}

// What the slowest rank tells, or else the one that tells the details.
std::string adapter_at(int rank, const Result& result, const RankDevices& ranks) {
  const auto& measured = std::get<Measured>(result.outcome);
  const std::string told = ranks.adapter_of(rank, measured).device;
  if (!told.empty()) return told.substr(0, told.find(':'));
  return ranks.rank_of_details(result) == rank ? detail_of(measured, "device") : "";
}

// Of the slowest rank of a case. What lines and packets allow is known of the result itself: the
// least of all limits counts. Ranks of one host may share an adapter.
void check_fabric(const Entry& entry, const RankDevices& ranks, std::vector<Finding>& findings) {
  const Result& result = entry.result;
  const auto& measured = std::get<Measured>(result.outcome);
  const auto least =
      std::ranges::min_element(entry.attainment.limits, {}, &Attainment::Limit::rate);
  if (measured.per_rank.worst.empty() || least == entry.attainment.limits.end()) return;
  const RankTime& slowest = measured.per_rank.worst.front();
  const Binding* const binding = ranks.binding_of(slowest.rank);
  const Gpu* const gpu = binding ? ranks.gpu_of(*binding) : nullptr;
  const auto rate = rates(result.work, slowest.median).algorithm;
  if (gpu == nullptr || !rate || ranks.ranks_beside(slowest.rank, result) != 1) return;
  const Host& host = *ranks.host_of(*binding);
  const Nic* const nic = nic_named(adapter_at(slowest.rank, result, ranks), host);
  if (nic == nullptr) return;
  const auto partner = ranks.partner_of(slowest.rank, result);
  check({&host, &gpu->slot, &nic->slot, gpu->slot.address, nic->name, slowest.rank, true, partner},
        *rate, least->rate, result.key, findings);
}

// Writes alone: what a device reads of another waits for answers, and is slower also without
// detours.
bool is_of_writes(const Result& result) {
  return is_usual(result, "direction", "one_way") && is_usual(result, "way", "write") &&
         is_usual(result, "by", "copy_engine") && is_usual(result, "op", "write");
}

void check_entry(const Entry& entry, const RankDevices& ranks, std::vector<Finding>& findings) {
  const Result& result = entry.result;
  const bool is_measured = std::holds_alternative<Measured>(result.outcome);
  if (!is_measured || !is_large(result) || !is_of_writes(result) || result.memory == "host") return;
  if (result.benchmark == "peer_copy") check_copy(entry, ranks, findings);
  if (result.backend == "verbs") check_fabric(entry, ranks, findings);
}

}  // namespace

std::vector<Finding> detoured_transfers(const Report& report) {
  const RankDevices ranks(report);
  std::vector<Finding> findings;
  for (const Entry& entry : report.entries) {
    std::vector<Finding> of_entry;
    check_entry(entry, ranks, of_entry);
    for (Finding& finding : of_entry) {
      const bool is_told = std::ranges::any_of(findings, [&](const Finding& other) {
        return other.host == finding.host && other.link == finding.link;
      });
      if (!is_told) findings.push_back(std::move(finding));
    }
  }
  return folded(std::move(findings));
}

}  // namespace shortfall

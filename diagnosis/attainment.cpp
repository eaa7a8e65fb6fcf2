#include "diagnosis/attainment.hpp"

#include <algorithm>
#include <span>

#include "core/text.hpp"
#include "diagnosis/attained_fabric.hpp"
#include "diagnosis/datasheet.hpp"
#include "topology/datasheets/link_promises.hpp"

namespace shortfall {
namespace {

const Measured* measured(const Entry& entry) {
  return std::get_if<Measured>(&entry.result.outcome);
}

std::optional<Throughput> flop_rate(const Entry& entry) {
  const Measured* const m = measured(entry);
  if (!m) return std::nullopt;
  return rates(entry.result.work, m->timing.of_primary().median).flop;
}

// The PeakRate case of the same type and the same ranks.
std::optional<Throughput> measured_peak(const Report& report, DType type,
                                        const std::string& group) {
  for (const Entry& entry : report.entries) {
    const Result& r = entry.result;
    if (r.benchmark != "peak_flops" || r.params.dtype() != type) continue;
    if (r.params.text("group") == group) return flop_rate(entry);
  }
  return std::nullopt;
}

// Peaks of f64 and f32 are counted with the highest clock, those of types of tensor units with one
// of their own.
std::optional<Frequency> clock_of_peak(const Datasheet& sheet, DType type) {
  const bool is_plain = type == DType::f64 || type == DType::f32;
  return is_plain ? sheet.clock : sheet.tensor_clock;
}

std::optional<Frequency> measured_clock(const Entry& entry) {
  const auto& device = measured(entry)->vitals.device;
  if (!device || !device->measured_clock) return std::nullopt;
  return Frequency{device->measured_clock->median};
}

// A GPU multiplies matrices of f64 on tensor units, which its datasheet counts, too; peak_flops
// runs on its vector units.
bool is_of_two_units(const Result& result, DType type) {
  return result.device != "host" && type == DType::f64;
}

void attain_products(Entry& entry, const Report& report) {
  const auto rate = flop_rate(entry);
  const Result& r = entry.result;
  if (!rate || !r.params.has("dtype")) return;
  const DType type = r.params.dtype();
  const bool is_peak = r.benchmark == "peak_flops";
  if (is_peak && is_of_two_units(r, type)) return;
  const Datasheet& sheet = report.machine.datasheet;
  const auto promised = std::ranges::find(sheet.peak, type, &std::pair<DType, Throughput>::first);
  if (promised != sheet.peak.end()) {
    entry.attainment.of_datasheet = *rate / promised->second;
    entry.attainment.datasheet_limit = scaled(promised->second.value, "FLOP/s") + " " +
                                       std::string(name_of(type)) + ", " + sheet.source;
    const auto clock = clock_of_peak(sheet, type), found = measured_clock(entry);
    if (clock && found) {
      entry.attainment.of_datasheet_at_clock = *rate / (promised->second * (*found / *clock));
    }
  }
  const auto peak = measured_peak(report, type, r.params.text("group"));
  if (peak && !is_peak && !is_of_two_units(r, type))
    entry.attainment.of_measured_peak = *rate / *peak;
}

// Of accelerators alone: that of a host is shared by its ranks.
void attain_memory(Entry& entry, const Report& report) {
  const Result& r = entry.result;
  const Measured* const m = measured(entry);
  const auto& promised = report.machine.datasheet.memory;
  if (m == nullptr || !promised || r.memory == "host" || !r.params.has("bytes")) return;
  const auto rate = rates(r.work, m->timing.of_primary().median).memory;
  if (!rate || r.params.bytes("bytes") < beyond_caches_of_accelerator) return;
  entry.attainment.of_datasheet = *rate / *promised;
  entry.attainment.datasheet_limit =
      scaled(promised->value, "B/s") + ", " + report.machine.datasheet.source;
}

struct Ceiling {  // of one direction of a link
  Bandwidth rate;
  std::string source;
};
using MaybeCeiling = std::optional<Ceiling>;

// As the first host of its class is described.
const Link* nvlink_of(const Machine& machine, const Binding& rank, std::string_view to) {
  const Link* found = nullptr;
  for (const Link& link : machine.links) {
    if (link.kind != Link::Kind::nvlink || link.from != rank.gpu || link.to != to) continue;
    if (found == nullptr || link.host == rank.host) found = &link;
  }
  return found;
}

MaybeCeiling ceiling_of(const Link* link) {
  if (link == nullptr || !link->raw) return std::nullopt;
  return Ceiling{*link->raw, link->source};
}

const Gpu* gpu_of(const Machine& machine, const Binding& rank) {
  for (const Host& host : machine.hosts) {
    if (host.name != rank.host) continue;
    for (const Gpu& gpu : host.gpus)
      if (gpu.slot.address == rank.gpu) return &gpu;
  }
  return nullptr;
}

MaybeCeiling to_host(const Machine& machine, const Binding& rank) {
  if (const Link* const link = nvlink_of(machine, rank, "host")) return ceiling_of(link);
  const Gpu* const gpu = gpu_of(machine, rank);
  if (gpu == nullptr) return std::nullopt;
  const LinkPromise promise = slot_promise(gpu->slot);
  if (!promise.payload) return std::nullopt;
  return Ceiling{*promise.payload, promise.source};
}

MaybeCeiling to_gpus(const Machine& machine, const Binding& rank) {
  return ceiling_of(nvlink_of(machine, rank, "GPUs"));
}

// The time of a case is that of its slowest rank: nothing where the link of one is not known.
MaybeCeiling lowest(const Machine& machine, std::span<const Binding> ranks,
                    MaybeCeiling (*of)(const Machine&, const Binding&)) {
  MaybeCeiling least;
  for (const Binding& rank : ranks) {
    const MaybeCeiling one = of(machine, rank);
    if (rank.gpu.empty() || !one) return std::nullopt;
    if (!least || one->rate < least->rate) least = one;
  }
  return least;
}

// In one direction: what goes both ways has a link in each.
void attain_links(Entry& entry, const Report& report) {
  const Result& r = entry.result;
  const Measured* const m = measured(entry);
  const bool is_of_host = r.benchmark == "host_copy", is_of_peer = r.benchmark == "peer_copy";
  if (m == nullptr || (!is_of_host && !is_of_peer)) return;
  const auto payload = rates(r.work, m->timing.of_primary().median).algorithm;
  std::span<const Binding> ranks = report.machine.bindings;
  if (r.params.text("group") == "one") ranks = ranks.first(std::min<std::size_t>(1, ranks.size()));
  const auto ceiling = lowest(report.machine, ranks, is_of_host ? to_host : to_gpus);
  if (!payload || !ceiling) return;
  // Of a host_copy both are of one rank; of a peer_copy each of two ranks makes one.
  const double ways = is_of_host && r.params.text("direction") == "both" ? 2 : 1;
  entry.attainment.of_datasheet = *payload / ways / ceiling->rate;
  entry.attainment.datasheet_limit = scaled(ceiling->rate.value, "B/s") + ", " + ceiling->source;
}

}  // namespace

Report attained(Report report) {
  const RankDevices ranks(report);
  for (Entry& entry : report.entries) {
    if (entry.result.suite == Suite::gemm) attain_products(entry, report);
    if (entry.result.suite == Suite::memory) attain_memory(entry, report);
    if (entry.result.suite == Suite::device_link) attain_links(entry, report);
    if (entry.result.suite == Suite::network) attain_fabric(entry, ranks, report.machine);
  }
  return report;
}

}  // namespace shortfall

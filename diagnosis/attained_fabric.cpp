#include "diagnosis/attained_fabric.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "diagnosis/details.hpp"
#include "diagnosis/rdma/rank_devices.hpp"
#include "topology/datasheets/link_promises.hpp"
#include "topology/datasheets/wire.hpp"

namespace shortfall {
namespace {

// On the first host that has it.
const Nic* first_nic_named(const std::string& name, const Machine& machine) {
  for (const Host& host : machine.hosts) {
    if (const Nic* const nic = nic_named(name, host)) return nic;
  }
  return nullptr;
}

// Those that say something of one link: of hubs, several ranks share one.
bool is_of_one_link(const Result& result) {
  return result.benchmark == "rdma_bandwidth" || result.benchmark == "rdma_rounds" ||
         result.benchmark == "rdma_shift";
}

std::vector<Attainment::Limit> limits_of(const Result& result, const Measured& measured,
                                         const Report& report) {
  std::vector<Attainment::Limit> limits;
  const auto verb = verb_named(result.params.text("op"));
  const double line = parse_number(detail_of(measured, "link_bit_per_s")).value_or(0) / 8;
  const auto mtu = parse_integer(detail_of(measured, "mtu_bytes")).value_or(0);
  if (verb && line > 0 && mtu > 0) {
    const Bytes message = result.params.bytes("bytes");
    const WirePackets packets{detail_of(measured, "link_layer") == "InfiniBand",
                              detail_of(measured, "gid").find(':') != std::string::npos,
                              static_cast<int>(mtu)};
    limits.push_back({"line_rate", {line}});
    limits.push_back({"wire", {line * (message / on_wire(*verb, message, packets))}});
  }
  if (const Nic* const nic = first_nic_named(detail_of(measured, "device"), report.machine)) {
    const LinkPromise slot = slot_promise(nic->slot);
    if (slot.payload) limits.push_back({"pcie", *slot.payload});
  }
  return limits;
}

}  // namespace

void attain_fabric(Entry& entry, const Report& report) {
  const Result& r = entry.result;
  const auto* const m = std::get_if<Measured>(&r.outcome);
  if (m == nullptr || r.backend != "verbs" || !is_of_one_link(r)) return;
  const auto payload = rates(r.work, m->timing.of_primary().median).algorithm;
  if (!payload) return;
  Attainment& attained = entry.attainment;
  attained.limits = limits_of(r, *m, report);
  for (Attainment::Limit& limit : attained.limits) limit.share = *payload / limit.rate;
  const auto least = std::ranges::min_element(attained.limits, {}, &Attainment::Limit::rate);
  if (least == attained.limits.end()) return;
  attained.of_datasheet = least->share;
  attained.datasheet_limit = scaled(least->rate.value, "B/s") + ", " + least->name + " of " +
                             detail_of(*m, "device") + " in packets of " +
                             detail_of(*m, "mtu_bytes") + " bytes";
}

}  // namespace shortfall

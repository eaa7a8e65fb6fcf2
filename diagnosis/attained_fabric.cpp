#include "diagnosis/attained_fabric.hpp"

#include <algorithm>
#include <ranges>

#include "core/nic_words.hpp"
#include "core/text.hpp"
#include "diagnosis/details.hpp"
#include "topology/datasheets/link_promises.hpp"
#include "topology/datasheets/wire.hpp"

namespace shortfall {
namespace {

struct End {
  const Nic* nic = nullptr;
  BitRate line;  // zero = not told
};

End end_of(int rank, const std::string& device, int port, const RankDevices& ranks) {
  const Binding* const binding = ranks.binding_of(rank);
  const Host* const host = binding != nullptr ? ranks.host_of(*binding) : nullptr;
  End end{host != nullptr ? nic_named(device, *host) : nullptr, {}};
  if (end.nic == nullptr) return end;
  const auto at = std::ranges::find_if(
      end.nic->ports, [port](const RdmaPort& one) { return port == 0 || one.number == port; });
  if (at != end.nic->ports.end()) end.line = at->rate;
  return end;
}

// Of the rank whose details these are, then of its partner, as far as they are told.
std::vector<End> ends_of(const Result& result, const Measured& measured, const RankDevices& ranks) {
  const auto first = ranks.rank_of_details(result);
  const std::string device = detail_of(measured, "device");
  if (!first || device.empty()) return {};
  std::vector<End> ends{end_of(*first, device, 0, ranks)};
  const auto partner = ranks.partner_of(*first, result);
  const auto& told = measured.per_rank.adapters;
  if (!partner || static_cast<std::size_t>(*partner) >= told.size()) return ends;
  const auto words = nic_words_from(told[static_cast<std::size_t>(*partner)]);
  if (!words) return ends;
  ends.push_back(end_of(*partner, words->from.device, words->from.port, ranks));
  return ends;
}

// The partner's is what the kernel tells: up to QDR with the line code, so never too little.
double slower_line(double line, const std::vector<End>& ends) {
  for (const End& end : ends | std::views::drop(1)) {
    if (end.line.value > 0) line = std::min(line, end.line.value / 8);
  }
  return line;
}

std::optional<Bandwidth> lesser_slot(const std::vector<End>& ends) {
  std::optional<Bandwidth> least;
  for (const End& end : ends) {
    const auto slot = end.nic != nullptr ? slot_promise(end.nic->slot).payload : std::nullopt;
    if (slot && (!least || *slot < *least)) least = slot;
  }
  return least;
}

// Where ranks do not tell their hosts: what all adapters of this name promise alike.
std::optional<Bandwidth> usual_slot(const std::string& device, const Machine& machine) {
  std::optional<Bandwidth> usual;
  for (const Host& host : machine.hosts) {
    const Nic* const nic = nic_named(device, host);
    if (nic == nullptr) continue;
    const auto slot = slot_promise(nic->slot).payload;
    if (!slot || (usual && *usual != *slot)) return std::nullopt;
    usual = slot;
  }
  return usual;
}

// Those that say something of one link: of hubs, several ranks share one.
bool is_of_one_link(const Result& result) {
  return result.benchmark == "rdma_bandwidth" || result.benchmark == "rdma_rounds" ||
         result.benchmark == "rdma_shift";
}

std::vector<Attainment::Limit> limits_of(const Result& result, const Measured& measured,
                                         const RankDevices& ranks, const Machine& machine) {
  std::vector<Attainment::Limit> limits;
  const auto verb = verb_named(result.params.text("op"));
  const std::vector<End> ends = ends_of(result, measured, ranks);
  const double line =
      slower_line(parse_number(detail_of(measured, "link_bit_per_s")).value_or(0) / 8, ends);
  const auto mtu = parse_integer(detail_of(measured, "mtu_bytes")).value_or(0);
  if (verb && line > 0 && mtu > 0) {
    const Bytes message = result.params.bytes("bytes");
    const std::string gid = detail_of(measured, "gid");  // "3 RoCE v2 10.0.0.1"
    const WirePackets packets{detail_of(measured, "link_layer") == "InfiniBand",
                              gid.find(':') != std::string::npos, static_cast<int>(mtu),
                              gid.find("RoCE v1") != std::string::npos};
    limits.push_back({"line_rate", {line}});
    limits.push_back({"wire", {line * (message / on_wire(*verb, message, packets))}});
  }
  const auto slot =
      ends.empty() ? usual_slot(detail_of(measured, "device"), machine) : lesser_slot(ends);
  if (slot) limits.push_back({"pcie", *slot});
  return limits;
}

}  // namespace

void attain_fabric(Entry& entry, const RankDevices& ranks, const Machine& machine) {
  const Result& r = entry.result;
  const auto* const m = std::get_if<Measured>(&r.outcome);
  if (m == nullptr || r.backend != "verbs" || !is_of_one_link(r)) return;
  const auto payload = rates(r.work, m->timing.of_primary().median).algorithm;
  if (!payload) return;
  Attainment& attained = entry.attainment;
  attained.limits = limits_of(r, *m, ranks, machine);
  for (Attainment::Limit& limit : attained.limits) limit.share = *payload / limit.rate;
  const auto least = std::ranges::min_element(attained.limits, {}, &Attainment::Limit::rate);
  if (least == attained.limits.end()) return;
  attained.of_datasheet = least->share;
  attained.datasheet_limit = scaled(least->rate.value, "B/s") + ", " + least->name + " of " +
                             detail_of(*m, "device") + " in packets of " +
                             detail_of(*m, "mtu_bytes") + " bytes";
}

}  // namespace shortfall

#include "diagnosis/attained_links.hpp"

#include <set>

#include "core/text.hpp"
#include "topology/datasheets/link_promises.hpp"

namespace shortfall {
namespace {

struct Ceiling {  // of one direction of a link
  Bandwidth rate;
  std::string source;
};
using MaybeCeiling = std::optional<Ceiling>;

struct Place {  // of a rank
  const Binding& binding;
  const Gpu& gpu;
};

// As the first host of its class is described.
const Link* nvlink_of(const Machine& machine, const Binding& rank, std::string_view to) {
  const Link* found = nullptr;
  for (const Link& link : machine.links) {
    if (link.kind != Link::Kind::nvlink || link.from != rank.gpu || link.to != to) continue;
    if (found == nullptr || link.host == rank.host) found = &link;
  }
  return found;
}

MaybeCeiling ceiling_of(const Link& link) {
  if (!link.raw) return std::nullopt;
  return Ceiling{*link.raw, link.source};
}

MaybeCeiling ceiling_of_slot(const Gpu& gpu) {
  const LinkPromise promise = slot_promise(gpu.slot);
  if (!promise.payload) return std::nullopt;
  return Ceiling{*promise.payload, promise.source};
}

MaybeCeiling to_host(const Machine& machine, const Place& place) {
  const Link* const link = nvlink_of(machine, place.binding, "host");
  return link != nullptr ? ceiling_of(*link) : ceiling_of_slot(place.gpu);
}

// Of a GPU that uses no NVLinks by PCIe. Of some that no datasheet tells of nobody knows.
MaybeCeiling to_gpus(const Machine& machine, const Place& place) {
  if (place.gpu.facts.nvlinks && !has_nvlinks(place.gpu)) return ceiling_of_slot(place.gpu);
  const Link* const link = nvlink_of(machine, place.binding, "GPUs");
  return link != nullptr ? ceiling_of(*link) : std::nullopt;
}

// The time of a case is that of its slowest rank: nothing where the link of one is not known, or
// where two are one GPU, which takes none.
MaybeCeiling lowest(const Result& result, const RankDevices& ranks, const Machine& machine) {
  const bool is_of_peers = result.benchmark == "peer_copy";
  std::set<const Gpu*> seen;
  MaybeCeiling least;
  for (const int rank : ranks.ranks_in(result)) {
    const Binding* const binding = ranks.binding_of(rank);
    const Gpu* const gpu = binding != nullptr ? ranks.gpu_of(*binding) : nullptr;
    if (gpu == nullptr || (!seen.insert(gpu).second && is_of_peers)) return std::nullopt;
    const MaybeCeiling one = (is_of_peers ? to_gpus : to_host)(machine, {*binding, *gpu});
    if (!one) return std::nullopt;
    if (!least || one->rate < least->rate) least = one;
  }
  return least;
}

}  // namespace

// In one direction: what goes both ways has a link in each.
void attain_links(Entry& entry, const RankDevices& ranks, const Machine& machine) {
  const Result& r = entry.result;
  const auto* const m = std::get_if<Measured>(&r.outcome);
  const bool is_of_host = r.benchmark == "host_copy", is_of_peer = r.benchmark == "peer_copy";
  if (m == nullptr || (!is_of_host && !is_of_peer)) return;
  const auto payload = rates(r.work, m->timing.of_primary().median).algorithm;
  const auto ceiling = lowest(r, ranks, machine);
  if (!payload || !ceiling) return;
  // Of a host_copy both are of one rank; of a peer_copy each of two ranks makes one.
  const double ways = is_of_host && r.params.text("direction") == "both" ? 2 : 1;
  entry.attainment.of_datasheet = *payload / ways / ceiling->rate;
  entry.attainment.datasheet_limit = scaled(ceiling->rate.value, "B/s") + ", " + ceiling->source;
}

}  // namespace shortfall

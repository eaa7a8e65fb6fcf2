#include "backends/verbs/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "backends/all_or_none.hpp"
#include "backends/verbs/limits.hpp"
#include "backends/verbs/outbox.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall::verbs {
namespace {

constexpr int most_in_flight = 128;  // of each queue pair
constexpr int inlined_at_most = 220;

Service service_of(FabricTransfer::Verb verb) {
  if (verb == FabricTransfer::Verb::ud_send) return Service::datagrams;
  return is_atomic(verb) ? Service::counting : Service::connected;
}

}  // namespace

std::vector<std::vector<int>> peers_of_all(const FabricTransfer& transfer, int ranks) {
  std::vector<std::vector<int>> all(static_cast<std::size_t>(ranks));
  for (const auto [from, to] : flows_of(transfer, ranks)) {
    all[static_cast<std::size_t>(from)].push_back(to);
    if (from != to) all[static_cast<std::size_t>(to)].push_back(from);
  }
  for (auto& peers : all) {
    std::ranges::sort(peers);
    const auto twice = std::ranges::unique(peers);
    peers.erase(twice.begin(), twice.end());
  }
  return all;
}

Wiring::Wiring(const FabricTransfer& transfer, World& group)
    : transfer_(transfer), group_(&group), partners_(peers_of_all(transfer, group.size())) {}

Wiring::Made Wiring::agree(const FabricTransfer& transfer, Operands& on, World& group,
                           const Ports& ports, const PlaceOnHost& place) {
  const std::shared_ptr<Wiring> wiring(new Wiring(transfer, group));
  auto no = all_or_none(group, [&]() -> std::optional<Unsupported> {
    if (auto why = wiring->choose(ports, {place, on.output->device_address()})) return why;
    if (auto why = wiring->set_depths()) return why;
    // The processor would copy it, and does not see the memory of a GPU.
    if (on.output->kind() != MemoryKind::host) wiring->depths_.inlined = 0;
    if (auto why = wiring->why_too_many_completions()) return why;
    wiring->make(on);
    return std::nullopt;
  });
  if (no) return *no;
  const Told told = wiring->exchange(on);
  no = all_or_none(group, [&]() -> std::optional<Unsupported> {
    wiring->meet(told);
    if (wiring->mtu_ < transfer.mtu) {
      return Unsupported{fmt::format("packets of {} bytes are more than the other port takes: {}",
                                     transfer.mtu, wiring->mtu_)};
    }
    if (auto why = wiring->why_not_together()) return why;
    wiring->connect();
    return std::nullopt;
  });
  if (no) return *no;
  return wiring;
}

std::optional<Unsupported> Wiring::choose(const Ports& ports, const Standpoint& from) {
  const auto words = nic_words_from(transfer_.nics);
  if (!words) return Unsupported{"'" + transfer_.nics + "' names no network adapters"};
  auto found = ports.choose(group_->rank() == 0 ? words->from : words->to, from);
  if (auto* const why = std::get_if<std::string>(&found)) {
    return Unsupported{fmt::format("rank {} on {}: {}", group_->rank_in_job(group_->rank()),
                                   group_->host(group_->rank()), *why)};
  }
  port_ = std::get<Port>(std::move(found));
  std::string why = why_no_gid(port_, transfer_.gid);
  if (why.empty()) why = why_beyond(port_, transfer_, partners().size());
  if (!why.empty()) return Unsupported{why};
  const auto gids = gids_of(*port_.device->context, port_.number);
  if (const auto gid = choose_gid(gids, transfer_.gid)) gid_ = *gid;
  return std::nullopt;
}

std::optional<Unsupported> Wiring::set_depths() {
  const ibv_device_attr& device = port_.device->attributes;
  const int most_mtu = bytes_of(port_.attributes.active_mtu);
  const auto longest = static_cast<double>(port_.attributes.max_msg_sz);
  mtu_ = offered_ = transfer_.mtu > 0 ? transfer_.mtu : most_mtu;
  chunk_ = transfer_.chunk.value > 0 ? transfer_.chunk : Bytes{longest};
  constexpr double most_requests = 1 << 20;  // written down beforehand, in a hundred bytes each
  const double chunks =
      is_atomic(transfer_.verb) ? 1 : std::max(1.0, std::ceil(transfer_.bytes / chunk_));
  const double requests = messages_of(transfer_) * chunks;
  if (requests > most_requests) {
    return Unsupported{
        fmt::format("a call of {} requests is too long: take larger chunks or a "
                    "smaller window",
                    requests)};
  }
  const int most = std::min(device.max_qp_wr, 16384);
  const int in_call = static_cast<int>(requests);
  depths_.sends = std::min({in_call + 2, most_in_flight, most});
  // Twice what one call takes: the other side may be a call ahead.
  depths_.receives = 2 * (in_call + 1);
  if (depths_.receives > most && !is_one_sided(transfer_.verb)) {
    return Unsupported{fmt::format("a window takes {} receives, and {} has room for {}",
                                   depths_.receives, port_.text(), most)};
  }
  if (is_one_sided(transfer_.verb)) depths_.receives = 1;
  const bool is_small = transfer_.bytes.value <= inlined_at_most;
  const bool is_copied = transfer_.inlined == FabricTransfer::Inline::usual && is_small;
  depths_.inlined = is_copied && !is_fetch(transfer_.verb) && !is_atomic(transfer_.verb)
                        ? static_cast<int>(transfer_.bytes.value)
                        : 0;
  return std::nullopt;
}

// What comes beyond the room for completions would be lost. Of what is sent, only a part is told;
// the last request of a call, and what answers or announces, are told besides.
std::int64_t Wiring::completions_needed() const {
  const bool sends = makes_calls(transfer_, {group_->rank(), group_->size()});
  const int room = depths_.room();
  return completions_of((sends ? room / signals_of(transfer_, room) + 1 : 0) + 2);
}

std::int64_t Wiring::completions_of(int sends) const {
  const int received = is_one_sided(transfer_.verb) ? 0 : depths_.receives;
  const auto queues = static_cast<std::int64_t>(partners().size() * queues_of(transfer_));
  return std::max<std::int64_t>(queues * (sends + received), 1);
}

std::optional<Unsupported> Wiring::why_too_many_completions() const {
  const std::int64_t wanted = completions_needed();
  const int most = port_.device->attributes.max_cqe;
  if (wanted <= most) return std::nullopt;
  return Unsupported{
      fmt::format("{} completions may come at once, and {} has room for {}: take fewer ranks, "
                  "queue pairs (qps) or messages (window)",
                  wanted, port_.text(), most)};
}

void Wiring::make(Operands& on) {
  // A queue pair that fails tells of all its requests: room for these, too, where there is so much.
  const std::int64_t room = std::max(completions_of(depths_.sends), completions_needed());
  const std::int64_t most = port_.device->attributes.max_cqe;
  completions_.emplace(port_, gid_, static_cast<int>(std::min(room, most)), transfer_.completion);
  if (!on.inputs.empty()) input_.emplace(port_, *on.inputs.front());
  output_.emplace(port_, *on.output);
  words_.emplace(port_, fetched + static_cast<std::size_t>(messages_of(transfer_)),
                 is_atomic(transfer_.verb) ? Access::atomic : Access::plain);
  const Service service = service_of(transfer_.verb);
  for (const int rank : partners()) {
    Peer& peer = peers_.emplace_back(Peer{rank, {}, {}, {}, {}});
    for (std::size_t i = 0; i < queues_of(transfer_); ++i) {
      peer.queues.emplace_back(port_, gid_, service, depths_, *completions_);
    }
  }
}

Peer& Wiring::peer(int rank) {
  const auto found = std::ranges::lower_bound(peers_, rank, {}, &Peer::rank);
  if (found == peers_.end() || found->rank != rank)
    throw Error("find the way to a rank", "it is no peer of this one");
  return *found;
}

Details Wiring::details() const {
  Details all{{"device", port_.device->name},
              {"port", std::to_string(port_.number)},
              {"link_layer", port_.is_ethernet() ? "Ethernet" : "InfiniBand"},
              {"link_bit_per_s", fmt::format("{:.0f}", bits_per_second(port_))},
              {"mtu_bytes", std::to_string(mtu_)},
              {"registered", output_->path()}};
  if (!gid_.type.empty()) {
    all.emplace_back("gid", fmt::format("{} {} {}", gid_.index, gid_.type, gid_.address));
  }
  for (const Peer& peer : peers_) {
    if (peers_.size() == 1) all.emplace_back("peer", peer.name);
  }
  all.emplace_back("queue_pairs", std::to_string(transfer_.queue_pairs));
  if (!peers_.empty()) {
    all.emplace_back("inline_bytes", std::to_string(peers_.front().queues.front().inlined()));
  }
  if (transfer_.bytes > chunk_) {
    all.emplace_back("chunk", size_text(static_cast<std::int64_t>(chunk_.value)));
  }
  return all;
}

}  // namespace shortfall::verbs

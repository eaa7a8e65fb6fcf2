#include "backends/verbs/wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "backends/all_or_none.hpp"
#include "backends/verbs/limits.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall::verbs {
namespace {

constexpr int most_in_flight = 128;  // of each queue pair
constexpr int inlined_at_most = 220;

std::size_t queues_of(const FabricTransfer& t) { return static_cast<std::size_t>(t.queue_pairs); }

Service service_of(FabricTransfer::Verb verb) {
  if (verb == FabricTransfer::Verb::ud_send) return Service::datagrams;
  return is_atomic(verb) ? Service::counting : Service::connected;
}

Introduction::Memory shown(Buffer& buffer, const std::optional<Registered>& region) {
  return {reinterpret_cast<std::uint64_t>(buffer.address()), region ? region->remote_key() : 0};
}

}  // namespace

std::vector<int> peers_of(const FabricTransfer& transfer, int rank, int ranks) {
  std::set<int> all;
  for (const FabricFlow& flow : flows_of(transfer, ranks)) {
    if (flow.from == rank) all.insert(flow.to);
    if (flow.to == rank) all.insert(flow.from);
  }
  return {all.begin(), all.end()};
}

int Wiring::entries() const {
  std::size_t most = 0;
  for (int rank = 0; rank < group_->size(); ++rank) {
    most = std::max(most, peers_of(transfer_, rank, group_->size()).size());
  }
  return static_cast<int>(most);
}

Wiring::Made Wiring::agree(const FabricTransfer& transfer, Operands& on, World& group,
                           const Ports& ports, int on_host) {
  const std::shared_ptr<Wiring> wiring(new Wiring(transfer, group));
  auto no = all_or_none(group, [&]() -> std::optional<Unsupported> {
    if (auto why = wiring->choose(ports, {on_host, on.output->device_address()})) return why;
    if (auto why = wiring->set_depths()) return why;
    // The processor would copy it, and does not see the memory of a GPU.
    if (on.output->kind() != MemoryKind::host) wiring->depths_.inlined = 0;
    wiring->make(on);
    return std::nullopt;
  });
  if (no) return *no;
  const std::vector<std::byte> mine = wiring->introduction(on);
  const std::vector<std::byte> all = group.gather(mine);
  no = all_or_none(group, [&]() -> std::optional<Unsupported> {
    wiring->meet(all, mine.size());
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
  const auto peers = peers_of(transfer_, group_->rank(), group_->size()).size();
  if (why.empty()) why = why_beyond(port_, transfer_, peers);
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

// One for each request that may be under way: what comes beyond would be lost.
int Wiring::completions_wanted() const {
  const auto peers = peers_of(transfer_, group_->rank(), group_->size()).size();
  const auto queues = static_cast<std::int64_t>(peers * queues_of(transfer_));
  const std::int64_t wanted = queues * (depths_.sends + depths_.receives);
  const int most = port_.device->attributes.max_cqe;
  if (wanted > most) {
    throw Error(
        fmt::format("make a queue of {} completions on {}", wanted, port_.text()),
        fmt::format("it takes {} at most: take fewer ranks, queue pairs or messages", most));
  }
  return static_cast<int>(wanted);
}

void Wiring::make(Operands& on) {
  const auto peers = peers_of(transfer_, group_->rank(), group_->size());
  const auto queues = static_cast<int>(peers.size() * queues_of(transfer_));
  const int most =
      std::min(queues * (depths_.sends + depths_.receives), port_.device->attributes.max_cqe);
  completions_.emplace(port_, gid_, most, transfer_.completion);
  if (!on.inputs.empty()) input_.emplace(port_, *on.inputs.front());
  output_.emplace(port_, *on.output);
  words_.emplace(port_, fetched + static_cast<std::size_t>(messages_of(transfer_)),
                 is_atomic(transfer_.verb) ? Access::atomic : Access::plain);
  const Service service = service_of(transfer_.verb);
  for (const int rank : peers) {
    Peer& peer = peers_.emplace_back(Peer{rank, {}, {}, {}, {}});
    for (std::size_t i = 0; i < queues_of(transfer_); ++i) {
      peer.queues.emplace_back(port_, gid_, service, depths_, *completions_);
    }
  }
}

// An Introduction, and the address of each queue pair in the order of the peers.
std::vector<std::byte> Wiring::introduction(Operands& on) const {
  Introduction mine;
  if (!on.inputs.empty()) mine.input = shown(*on.inputs.front(), input_);
  mine.output = shown(*on.output, output_);
  mine.words = {words_->address(0), words_->region().remote_key()};
  mine.mtu = offered_;
  mine.is_ethernet = port_.is_ethernet();
  mine.chunk = chunk_.value;
  mine.subnet = gid_.gid.global.subnet_prefix;
  port_.text().copy(mine.port, sizeof(mine.port) - 1);
  std::vector<QueueAddress> ends(static_cast<std::size_t>(entries()) * queues_of(transfer_));
  std::size_t next = 0;
  for (const Peer& peer : peers_) {
    for (const Queue& queue : peer.queues) ends[next++] = queue.address();
  }
  std::vector<std::byte> bytes(sizeof(mine) + ends.size() * sizeof(QueueAddress));
  std::memcpy(bytes.data(), &mine, sizeof(mine));
  std::memcpy(bytes.data() + sizeof(mine), ends.data(), ends.size() * sizeof(QueueAddress));
  return bytes;
}

void Wiring::meet(const std::vector<std::byte>& all, std::size_t of_each) {
  for (Peer& peer : peers_) {
    const std::byte* const from = all.data() + static_cast<std::size_t>(peer.rank) * of_each;
    std::memcpy(&peer.told, from, sizeof(peer.told));
    peer.name = fmt::format("{} of rank {} ({})", peer.told.port, group_->rank_in_job(peer.rank),
                            group_->host(peer.rank));
    if (peer.told.is_ethernet != port_.is_ethernet()) {
      throw Error(fmt::format("connect {} with {}", port_.text(), peer.name),
                  "one is on Ethernet, the other on InfiniBand");
    }
    const auto theirs = peers_of(transfer_, peer.rank, group_->size());
    const auto place = std::ranges::find(theirs, group_->rank()) - theirs.begin();
    const std::size_t first = static_cast<std::size_t>(place) * queues_of(transfer_);
    peer.ends.resize(queues_of(transfer_));
    std::memcpy(peer.ends.data(), from + sizeof(peer.told) + first * sizeof(QueueAddress),
                peer.ends.size() * sizeof(QueueAddress));
    mtu_ = std::min(mtu_, peer.told.mtu);
  }
}

std::optional<Unsupported> Wiring::why_not_together() const {
  for (const Peer& peer : peers_) {
    const double shorter = std::min(peer.told.chunk, chunk_.value);
    if (peer.told.chunk != chunk_.value && transfer_.bytes.value > shorter) {
      return Unsupported{fmt::format(
          "{} and {} take messages of different lengths: cut them for both, by chunk={:.0f}",
          port_.text(), peer.name, shorter)};
    }
    if (!port_.is_ethernet() && peer.told.subnet != gid_.gid.global.subnet_prefix) {
      return Unsupported{
          fmt::format("{} and {} are in different subnets of InfiniBand, and the "
                      "way through a router is not looked for",
                      port_.text(), peer.name)};
    }
  }
  return std::nullopt;
}

void Wiring::connect() {
  for (Peer& peer : peers_) {
    for (std::size_t i = 0; i < peer.queues.size(); ++i) {
      peer.queues[i].connect(peer.ends[i], std::min(offered_, peer.told.mtu));
      completions_->name(peer.queues[i].number(), peer.name);
      if (transfer_.verb != FabricTransfer::Verb::ud_send) continue;
      peer.addresses.push_back(peer.queues[i].address_of(peer.ends[i]));
    }
  }
}

Peer& Wiring::peer(int rank) {
  const auto found = std::ranges::find(peers_, rank, &Peer::rank);
  if (found == peers_.end()) throw Error("find the way to a rank", "it is no peer of this one");
  return *found;
}

Details Wiring::details() const {
  Details all{{"device", port_.device->name},
              {"port", std::to_string(port_.number)},
              {"link_layer", port_.is_ethernet() ? "Ethernet" : "InfiniBand"},
              {"link_bit_per_s", fmt::format("{:.0f}", bits_per_second(port_.attributes))},
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

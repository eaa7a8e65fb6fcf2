// What ranks tell each other of their ends, before they connect them.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "backends/verbs/wiring.hpp"
#include "core/error.hpp"

namespace shortfall::verbs {
namespace {

Introduction::Memory shown(Buffer& buffer, const std::optional<Registered>& region) {
  return {reinterpret_cast<std::uint64_t>(buffer.address()), region ? region->remote_key() : 0};
}

bool is_of_ipv4(std::string_view address) { return address.find(':') == address.npos; }

// RoCE v1, v2 by IPv4 and v2 by IPv6 are different packets.
bool is_of_one_kind(const Introduction& there, const GidEntry& here) {
  return there.gid_type == here.type && is_of_ipv4(there.gid) == is_of_ipv4(here.address);
}

template <std::size_t room>
void write_down(const std::string& text, char (&place)[room]) {
  text.copy(place, room - 1);
}

}  // namespace

Introduction Wiring::introduction(Operands& on) const {
  Introduction mine;
  if (!on.inputs.empty()) mine.input = shown(*on.inputs.front(), input_);
  mine.output = shown(*on.output, output_);
  mine.words = {words_->address(0), words_->region().remote_key()};
  mine.mtu = offered_;
  mine.is_ethernet = port_.is_ethernet();
  mine.chunk = chunk_.value;
  mine.subnet = gid_.gid.global.subnet_prefix;
  write_down(port_.text(), mine.port);
  write_down(gid_.type, mine.gid_type);
  write_down(gid_.address, mine.gid);
  return mine;
}

// A hub has as many ends as there are ranks. Everybody tells as many as every rank has; who has
// more tells all of its own to all, so that nobody pads its few to the many of a hub.
Wiring::Told Wiring::exchange(Operands& on) const {
  Told told{.of_each = gather(*group_, introduction(on)), .few = {}, .many = {}};
  std::vector<QueueAddress> mine;
  for (const Peer& peer : peers_) {
    for (const Queue& queue : peer.queues) mine.push_back(queue.address());
  }
  const std::size_t least = std::ranges::min(partners_, {}, &std::vector<int>::size).size();
  told.row = least * queues_of(transfer_);
  if (told.row > 0) {
    const auto few = group_->gather(std::as_bytes(std::span(mine).first(told.row)));
    told.few.resize(few.size() / sizeof(QueueAddress));
    std::ranges::copy(few, std::as_writable_bytes(std::span(told.few)).begin());
  }
  for (int rank = 0; rank < group_->size(); ++rank) {
    const std::size_t ends = partners_[static_cast<std::size_t>(rank)].size();
    if (ends == least) continue;
    std::vector<QueueAddress> all(ends * queues_of(transfer_));
    if (rank == group_->rank()) all = mine;
    group_->broadcast(std::as_writable_bytes(std::span(all)), rank);
    told.many.emplace(rank, std::move(all));
  }
  return told;
}

std::vector<QueueAddress> Wiring::ends_at(int rank, const Told& told) const {
  const auto at = static_cast<std::size_t>(rank);
  const auto place = std::ranges::lower_bound(partners_[at], group_->rank());
  const std::size_t first =
      static_cast<std::size_t>(place - partners_[at].begin()) * queues_of(transfer_);
  const auto many = told.many.find(rank);
  const std::span<const QueueAddress> theirs =
      many != told.many.end() ? std::span(many->second)
                              : std::span(told.few).subspan(at * told.row, told.row);
  const auto mine = theirs.subspan(first, queues_of(transfer_));
  return {mine.begin(), mine.end()};
}

void Wiring::meet(const Told& told) {
  for (Peer& peer : peers_) {
    peer.told = told.of_each[static_cast<std::size_t>(peer.rank)];
    peer.name = fmt::format("{} of rank {} ({})", peer.told.port, group_->rank_in_job(peer.rank),
                            group_->host(peer.rank));
    if (peer.told.is_ethernet != port_.is_ethernet()) {
      throw Error(fmt::format("connect {} with {}", port_.text(), peer.name),
                  "one is on Ethernet, the other on InfiniBand");
    }
    peer.ends = ends_at(peer.rank, told);
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
    if (port_.is_ethernet() && !is_of_one_kind(peer.told, gid_)) {
      return Unsupported{fmt::format(
          "{} has the address {} {}, and {} has {} {}: addresses of different kinds do not reach "
          "each other. Take those of one kind, by --set gid=INDEX",
          port_.text(), gid_.type, gid_.address, peer.name, peer.told.gid_type, peer.told.gid)};
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

}  // namespace shortfall::verbs

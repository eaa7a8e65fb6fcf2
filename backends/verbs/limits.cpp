#include "backends/verbs/limits.hpp"

#include <fmt/format.h>

#include "core/nic_words.hpp"

namespace shortfall::verbs {
namespace {

std::string more(const Port& port, std::string_view what, double wanted, double most) {
  return fmt::format("{} {} are asked for, and {} takes {} at most", wanted, what, port.text(),
                     most);
}

// Of one end: this host may be it.
std::string why_refused(const FabricTransfer& transfer, const NicWord& word, const Ports& ports) {
  auto found = ports.choose(word, {});
  if (auto* const why = std::get_if<std::string>(&found)) return std::move(*why);
  const Port& port = std::get<Port>(found);
  // Without a word of the user's, a port without addresses is left out, and no reason to end.
  const std::string no_gid = transfer.gid == "auto" ? "" : why_no_gid(port, transfer.gid);
  return no_gid.empty() ? why_beyond(port, transfer, 1) : no_gid;
}

}  // namespace

std::string why_beyond(const Port& port, const FabricTransfer& transfer, std::size_t peers) {
  const ibv_device_attr& device = port.device->attributes;
  const auto pairs = static_cast<double>(peers) * transfer.queue_pairs;
  const int most_mtu = bytes_of(port.attributes.active_mtu);
  const auto longest = static_cast<double>(port.attributes.max_msg_sz);
  if (pairs > device.max_qp) return more(port, "queue pairs", pairs, device.max_qp);
  if (transfer.mtu > most_mtu) {
    return more(port, "bytes in a packet (mtu)", transfer.mtu, most_mtu);
  }
  if (transfer.chunk.value > longest) {
    return more(port, "bytes in a message (chunk)", transfer.chunk.value, longest);
  }
  if (is_atomic(transfer.verb) && device.atomic_cap == IBV_ATOMIC_NONE) {
    return port.device->name + " does no atomics";
  }
  const int packet = transfer.mtu > 0 ? transfer.mtu : most_mtu;
  if (transfer.verb == FabricTransfer::Verb::ud_send && transfer.bytes.value > packet) {
    return fmt::format("a datagram is one packet, of {} bytes here", packet);
  }
  return {};
}

std::string why_no_gid(const Port& port, const std::string& wanted) {
  const auto gids = gids_of(*port.device->context, port.number);
  if (choose_gid(gids, wanted) || (!port.is_ethernet() && wanted == "auto")) return {};
  return fmt::format("port {} has no GID {}. It has: {}", port.text(),
                     wanted == "auto" ? "at all" : wanted, text_of(gids));
}

std::string why_refused(const Operation& operation) {
  FabricTransfer asked{};  // of a registration, no more than the adapter
  if (const auto* const transfer = std::get_if<FabricTransfer>(&operation)) asked = *transfer;
  if (const auto* const memory = std::get_if<Registration>(&operation)) asked.nics = memory->nics;
  const auto words = nic_words_from(asked.nics);
  if (!words) return "'" + asked.nics + "' names no network adapters";
  const Ports ports;
  const std::string of_first = why_refused(asked, words->from, ports);
  return of_first.empty() ? "" : why_refused(asked, words->to, ports);
}

}  // namespace shortfall::verbs

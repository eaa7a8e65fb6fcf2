#include "topology/datasheets/wire.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

using Verb = FabricTransfer::Verb;

constexpr double preamble = 8, mac = 14, ipv4 = 20, ipv6 = 40, udp = 8, check = 4, gap = 12;
constexpr double transport = 12, invariant_check = 4;  // BTH, ICRC
constexpr double global_route = 40;                    // of RoCE v1: GRH
constexpr double local_route = 8, variant_check = 2;   // of InfiniBand: LRH, VCRC

double extension(Verb verb, double packets) {
  switch (verb) {
    case Verb::write:
    case Verb::put:
      return 16;  // RETH
    case Verb::write_imm:
      return 20;
    case Verb::read:
    case Verb::get:
      return 4 * std::min(packets, 2.0);  // AETH
    case Verb::fetch_add:
    case Verb::compare_swap:
      return 28;
    case Verb::ud_send:
      return 8;  // DETH
    default:
      return 0;
  }
}

}  // namespace

Bytes around_each(const WirePackets& packets) {
  if (packets.is_infiniband) {
    return {local_route + transport + invariant_check + variant_check};
  }
  const double internet = (packets.is_ipv6 ? ipv6 : ipv4) + udp;
  return {preamble + mac + (packets.is_version_1 ? global_route : internet) + transport +
          invariant_check + check + gap};
}

Bytes on_wire(Verb verb, Bytes message, const WirePackets& packets) {
  const bool is_atomic_request = is_atomic(verb);  // its operands are in the extension
  const double payload = is_atomic_request ? 0 : std::ceil(message.value / 4) * 4;
  const double count = std::max(1.0, std::ceil(message.value / packets.mtu));
  return {payload + count * around_each(packets).value + extension(verb, count)};
}

}  // namespace shortfall

// What RDMA messages take on the wire: headers, checks and gaps beside the payload.
#pragma once

#include "core/operation/fabric_transfer.hpp"
#include "core/units.hpp"

namespace shortfall {

struct WirePackets {
  bool is_infiniband = false;  // else RoCE on Ethernet
  bool is_ipv6 = false;        // of RoCE v2
  int mtu = 4096;              // bytes of payload in a packet
  bool is_version_1 = false;   // of RoCE
};

// Of each packet beside its payload, with preamble and gap on Ethernet: 82 bytes with IPv4, 102
// with IPv6, 94 of RoCE v1 with either, 26 on InfiniBand within a subnet.
Bytes around_each(const WirePackets& packets);

// P packets of a message of S bytes: S padded to 4, P times around_each(), and 16 of a write (20
// with an immediate), 0 of a send, 4 for the first and the last packet of what a read brings, 28 of
// an atomic. In the direction of the payload; docs/rdma.md.
Bytes on_wire(FabricTransfer::Verb verb, Bytes message, const WirePackets& packets);

}  // namespace shortfall

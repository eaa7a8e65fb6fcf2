// What links promise in one direction: what the line carries, and what is left for payload.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/datasheets/datasheets.hpp"
#include "topology/machine.hpp"

namespace shortfall {

struct LinkPromise {  // nothing = not known
  std::optional<Bandwidth> raw, payload;
  std::string source;  // the formula; "" = not known
};

// Of writes with addresses of 64 bits, in packets of at most `packet` bytes: what most hosts set.
LinkPromise pcie_promise(const PcieLink& link, int packet = 256);

// `rate` is what the kernel tells of all lanes, before the line code up to QDR.
LinkPromise infiniband_promise(BitRate rate, int mtu = 4096);

// RoCE v2, whose MTU is the payload alone.
LinkPromise roce_promise(BitRate rate, int mtu = 4096);

// TCP with time stamps, as Linux has by default. The MTU is that of the interface.
LinkPromise tcp_promise(BitRate rate, int mtu = 1500);

// Of the lesser of what device and port can, however the link runs now.
LinkPromise slot_promise(const PciSlot& slot);

// Of every GPU and adapter on PCI, every RDMA port and every interface with a rate.
std::vector<Link> links_of(const Host& host);

// What datasheets promise of every GPU's links to "GPUs", where its driver tells that it has
// NVLinks, and to the "host", where that is no PCIe. How much packets of NVLink leave for payload
// is not published.
std::vector<Link> gpu_links_of(const Host& host, const Datasheets& sheets);

}  // namespace shortfall

#include "topology/datasheets/link_promises.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.hpp"
#include "topology/datasheets/wire.hpp"

namespace shortfall {
namespace {

struct Share {  // of bytes
  double kept, of;
  double value() const { return kept / of; }
};

std::string text_of(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}
std::string text_of(Share share) { return text_of(share.kept) + "/" + text_of(share.of); }

struct PcieCode {
  double slowest;  // transfers per second of a lane that is coded so
  Share line;
  int overhead;  // bytes of a packet beside its payload
  std::string_view name;
};

// A packet has a header of 16 bytes with an address of 64 bits; up to Gen5 4 bytes of checksum and
// 4 of framing and sequence number. Those are part of Gen6's flits, which hold 236 bytes of packets
// in 256.
constexpr std::array<PcieCode, 3> pcie_codes{
    {{64e9, {1, 1}, 16, ""}, {8e9, {128, 130}, 24, "128b/130b"}, {0, {8, 10}, 24, "8b/10b"}}};
constexpr Share flit{236, 256};

struct Speed {
  std::string_view name;
  double of_lane;  // Gbit/s as the kernel counts
  double data;     // of that
};

// FDR: 14.0625 Gbit/s with 64b/66b, which the kernel rounds to 14. FDR10 looks like QDR.
constexpr std::array<Speed, 8> infiniband_speeds{{{"SDR", 2.5, 0.8},
                                                  {"DDR", 5, 0.8},
                                                  {"QDR", 10, 0.8},
                                                  {"FDR", 14, 14.0625 * 64 / 66 / 14},
                                                  {"EDR", 25, 1},
                                                  {"HDR", 50, 1},
                                                  {"NDR", 100, 1},
                                                  {"XDR", 200, 1}}};
constexpr std::array<int, 5> infiniband_widths{4, 1, 2, 8, 12};  // the usual one first

struct Data {
  double bits_per_s;
  std::string formula;
};

Data data_of(BitRate rate) {
  const double giga = rate.value / 1e9;
  for (const int width : infiniband_widths) {
    for (const Speed& speed : infiniband_speeds) {
      const double expected = speed.of_lane * width;
      if (std::abs(giga - expected) > expected / 100) continue;
      const std::string name = std::to_string(width) + "X " + std::string(speed.name);
      const double data = expected * 1e9 * speed.data;
      return {data, name + ", " + text_of(data / 1e9) + " Gbit/s of data"};
    }
  }
  return {rate.value, scaled(rate.value, "bit/s")};
}

LinkPromise promise(const Data& data, Share payload, const std::string& headers) {
  const Bandwidth raw{data.bits_per_s / 8};
  return {raw, raw * payload.value(),
          data.formula + " / 8 x " + text_of(payload) + " (" + headers + ")"};
}

bool is_known(const PcieLink& link) { return link.per_lane.value > 0 && link.lanes > 0; }

LinkPromise promise_of(const ScaleUp& links) {
  const std::string generation = links.generation > 0 ? " " + std::to_string(links.generation) : "";
  return {links.of_one_link * links.links, std::nullopt,
          counted(links.links, "link") + " x " + scaled(links.of_one_link.value, "B/s") + " (" +
              links.kind + generation + ")"};
}

Link link_of(Link::Kind kind, const Host& host, std::string from, std::string to,
             const LinkPromise& promise) {
  Link link;
  link.kind = kind;
  link.host = host.name;
  link.from = std::move(from);
  link.to = std::move(to);
  link.raw = promise.raw;
  link.payload = promise.payload;
  link.source = promise.source;
  return link;
}

void add_slot(std::vector<Link>& links, const Host& host, const PciSlot& slot) {
  if (slot.address.empty()) return;
  const bool was_loaded = slot.loaded && is_known(*slot.loaded);
  const PcieLink used = was_loaded ? *slot.loaded : attainable_link(slot);
  LinkPromise promise = pcie_promise(used);
  if (promise.raw) promise.source += was_loaded ? ", as seen under load" : ", its maximum";
  links.push_back(link_of(Link::Kind::pcie, host, slot.address, "host", promise));
}

struct Mtu {
  int bytes;
  std::string_view source;
};

// The kernel chooses the largest that fits into the interface's with the longest headers, 96 bytes.
Mtu roce_mtu(const Nic& nic, const RdmaPort& port) {
  if (port.mtu) return {*port.mtu, ""};
  constexpr int longest_headers = 96;
  int carried = 0;
  for (const Interface& interface : nic.interfaces) carried = std::max(carried, interface.mtu);
  for (const int mtu : {4096, 2048, 1024, 512, 256}) {
    if (mtu + longest_headers <= carried) return {mtu, "; MTU by that of its interface"};
  }
  return {4096, "; MTU assumed"};
}

LinkPromise port_promise(const Nic& nic, const RdmaPort& port) {
  if (port.state == "DOWN") return {{}, {}, "the port is down"};
  if (port.rate.value <= 0) return {};
  if (port.is_infiniband()) {
    LinkPromise promise = infiniband_promise(port.rate, port.mtu.value_or(4096));
    if (!port.mtu) promise.source += "; MTU assumed";
    return promise;
  }
  const Mtu mtu = roce_mtu(nic, port);
  LinkPromise promise = roce_promise(port.rate, mtu.bytes);
  promise.source += mtu.source;
  return promise;
}

void add_network(std::vector<Link>& links, const Host& host, const Nic& nic) {
  for (const RdmaPort& port : nic.ports) {
    const auto kind = port.is_infiniband() ? Link::Kind::infiniband : Link::Kind::ethernet;
    const std::string name = nic.name + "/" + std::to_string(port.number);
    links.push_back(link_of(kind, host, name, "network", port_promise(nic, port)));
  }
  // IP over InfiniBand has other headers, and its port has been named.
  if (std::ranges::any_of(nic.ports, &RdmaPort::is_infiniband)) return;
  for (const Interface& interface : nic.interfaces) {
    if (interface.rate.value <= 0) continue;
    const int mtu = interface.mtu > 0 ? interface.mtu : 1500;
    links.push_back(link_of(Link::Kind::ethernet, host, interface.name, "network",
                            tcp_promise(interface.rate, mtu)));
  }
}

}  // namespace

LinkPromise pcie_promise(const PcieLink& link, int packet) {
  if (!is_known(link)) return {};
  const PcieCode& code = *std::ranges::find_if(
      pcie_codes, [&](const PcieCode& c) { return link.per_lane.value >= c.slowest; });
  const bool is_in_flits = code.name.empty();
  const Bandwidth raw{link.lanes * link.per_lane.value / 8 * code.line.value()};
  const Share payload{static_cast<double>(packet), static_cast<double>(packet + code.overhead)};
  std::string source =
      counted(link.lanes, "lane") + " x " + text_of(link.per_lane.value / 1e9) + " GT/s / 8 x ";
  source += is_in_flits ? text_of(flit) + " (flits)"
                        : text_of(code.line) + " (" + std::string(code.name) + ")";
  source += " x " + text_of(payload) + " (packets)";
  const double in_flits = is_in_flits ? flit.value() : 1;
  return {raw, raw * (in_flits * payload.value()), source};
}

LinkPromise slot_promise(const PciSlot& slot) { return pcie_promise(attainable_link(slot)); }

LinkPromise infiniband_promise(BitRate rate, int mtu) {
  const double headers = around_each({.is_infiniband = true}).value;
  const Share payload{static_cast<double>(mtu), mtu + headers};
  return promise(data_of(rate), payload, "headers of 26 bytes at MTU " + std::to_string(mtu));
}

LinkPromise roce_promise(BitRate rate, int mtu) {
  const double headers = around_each({}).value;
  const Share payload{static_cast<double>(mtu), mtu + headers};
  return promise({rate.value, scaled(rate.value, "bit/s")}, payload,
                 "RoCE v2: headers of 82 bytes at MTU " + std::to_string(mtu));
}

LinkPromise tcp_promise(BitRate rate, int mtu) {
  constexpr int inside = 52;   // of the MTU: IP 20, TCP 20, time stamps 12
  constexpr int outside = 38;  // preamble 8, Ethernet 14 + 4, gap 12
  if (mtu <= inside)
    return {Bandwidth{rate.value / 8}, std::nullopt, scaled(rate.value, "bit/s") + " / 8"};
  const Share payload{static_cast<double>(mtu - inside), static_cast<double>(mtu + outside)};
  return promise({rate.value, scaled(rate.value, "bit/s")}, payload,
                 "TCP with time stamps at MTU " + std::to_string(mtu));
}

std::vector<Link> links_of(const Host& host) {
  std::vector<Link> links;
  for (const Gpu& gpu : host.gpus) add_slot(links, host, gpu.slot);
  for (const Nic& nic : host.nics) {
    add_slot(links, host, nic.slot);
    add_network(links, host, nic);
  }
  return links;
}

std::vector<Link> gpu_links_of(const Host& host, const Datasheets& sheets) {
  std::vector<Link> links;
  for (const Gpu& gpu : host.gpus) {
    const DeviceSheet sheet = sheet_of(gpu, sheets);
    const auto add = [&](const char* to, LinkPromise promise) {
      promise.source += ", datasheet " + sheet.name;
      links.push_back(link_of(Link::Kind::nvlink, host, gpu.slot.address, to, promise));
    };
    if (sheet.host_link) add("host", {sheet.host_link->rate, std::nullopt, sheet.host_link->kind});
    if (sheet.scale_up && gpu.facts.nvlinks.value_or(0) > 0)
      add("GPUs", promise_of(*sheet.scale_up));
  }
  return links;
}

}  // namespace shortfall

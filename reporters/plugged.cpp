#include "reporters/plugged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace shortfall {
namespace {

std::string joined(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts, ", ");
}

std::string led_by(std::string_view word, const std::string& text) {
  return text.empty() ? "" : fmt::format("{} {}", word, text);
}

std::string rate_text(BitRate rate) {
  return rate.value > 0 ? fmt::format("{:g} Gbit/s", rate.value / 1e9) : "";
}

std::string words(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts, " ");
}

std::vector<Outside> ports_of(const Nic& nic) {
  std::vector<Outside> all;
  for (const RdmaPort& port : nic.ports) {
    const std::string mtu = port.mtu ? fmt::format("MTU {}", *port.mtu) : "";
    const std::string rate = rate_text(port.rate);
    const std::string fault = port.state == "ACTIVE" ? "" : port.state;
    all.push_back(
        {words({fmt::format("port {}", port.number), port.link_layer, port.state, rate, mtu}),
         words({rate, port.link_layer, fault})});
  }
  for (const Interface& interface : nic.interfaces) {
    const std::string mtu = interface.mtu > 0 ? fmt::format("MTU {}", interface.mtu) : "";
    const std::string rate = rate_text(interface.rate);
    const std::string fault = interface.state == "down" ? interface.state : "";
    all.push_back({words({interface.name, interface.state, rate, mtu}),
                   words({interface.name, rate, fault})});
  }
  return all;
}

int generation(Transfers rate) {
  if (rate.value <= 0) return 0;
  if (rate.value < 6e9) return rate.value < 4e9 ? 1 : 2;
  return 3 + static_cast<int>(std::lround(std::log2(rate.value / 8e9)));
}

// What both ends can do; what one of them does not tell is left to the other.
PcieLink attainable(const PciSlot& slot) {
  const auto lesser = [](auto a, auto b) {
    const decltype(a) unknown{};
    return a == unknown || b == unknown ? std::max(a, b) : std::min(a, b);
  };
  return {lesser(slot.maximum.per_lane, slot.port_maximum.per_lane),
          lesser(slot.maximum.lanes, slot.port_maximum.lanes)};
}

PcieLink seen(const PciSlot& slot) { return slot.loaded.value_or(slot.current); }

}  // namespace

std::vector<Plugged> plugged_in(const Host& host) {
  std::vector<Plugged> all;
  for (std::size_t i = 0; i < host.gpus.size(); ++i) {
    const Gpu& gpu = host.gpus[i];
    const bool is_named = gpu.name.starts_with(gpu.vendor);
    all.push_back({&gpu.slot,
                   fmt::format("GPU{}", i),
                   joined({is_named ? gpu.name : words({gpu.vendor, gpu.name}),
                           gpu.driver.empty() ? "no driver" : led_by("driver", gpu.driver)}),
                   {},
                   true});
  }
  for (const Nic& nic : host.nics) {
    all.push_back({&nic.slot, nic.name,
                   joined({words({nic.vendor, nic.model}), led_by("driver", nic.driver),
                           led_by("firmware", nic.firmware)}),
                   ports_of(nic), false});
  }
  return all;
}

std::string pcie_text(const PcieLink& link) {
  const int number = generation(link.per_lane);
  return words({number > 0 ? fmt::format("Gen{}", number) : "",
                link.lanes > 0 ? fmt::format("x{}", link.lanes) : ""});
}

bool is_degraded(const PciSlot& slot, bool is_gpu) {
  const PcieLink best = attainable(slot), now = seen(slot);
  const bool is_speed_told = !is_gpu || slot.loaded.has_value();
  return (is_speed_told && now.per_lane.value > 0 && now.per_lane < best.per_lane) ||
         (now.lanes > 0 && now.lanes < best.lanes);
}

std::string slot_text(const PciSlot& slot, bool is_gpu) {
  const std::string best = pcie_text(attainable(slot)), now = pcie_text(seen(slot));
  if (now.empty() || now == best) return best;
  if (best.empty()) return now;
  return is_degraded(slot, is_gpu) ? now + " of " + best : fmt::format("{} ({} idle)", best, now);
}

}  // namespace shortfall

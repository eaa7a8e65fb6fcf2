#include "reporters/plugged.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "diagnosis/figures.hpp"
#include "diagnosis/links.hpp"

namespace shortfall {
namespace {

std::string joined(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts, ", ");
}

std::string led_by(std::string_view word, const std::string& text) {
  return text.empty() ? "" : fmt::format("{} {}", word, text);
}

std::string rate_text(BitRate rate) { return rate.value > 0 ? text_of(rate) : ""; }

std::string words(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts, " ");
}

std::vector<Outside> ports_of(const Nic& nic) {
  std::vector<Outside> all;
  for (const RdmaPort& port : nic.ports) {
    const std::string mtu = port.mtu ? fmt::format("MTU {}", *port.mtu) : "";
    const std::string rate = rate_text(port.rate);
    const std::string fault = port.is_active() ? "" : port.state;
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

std::string nvlinks_text(const DeviceFacts& facts) {
  if (facts.nvlinks.value_or(0) == 0) return "";
  const int up = facts.nvlinks_up.value_or(*facts.nvlinks);
  if (up == *facts.nvlinks) return counted(up, "NVLink");
  return fmt::format("{} of {} up", up, counted(*facts.nvlinks, "NVLink"));
}

// What only the driver tells; nothing where nobody asked it.
std::vector<Outside> state_of(const DeviceFacts& facts) {
  const std::string limit =
      facts.power_limit_w ? fmt::format("power limit {:.0f} W", *facts.power_limit_w) : "";
  const std::string state = joined(
      {facts.mig.value_or(false) ? "cut into MIG instances" : "", nvlinks_text(facts), limit});
  return state.empty() ? std::vector<Outside>{} : std::vector<Outside>{{state, ""}};
}

}  // namespace

std::vector<Plugged> plugged_in(const Host& host) {
  std::vector<Plugged> all;
  for (std::size_t i = 0; i < host.gpus.size(); ++i) {
    const Gpu& gpu = host.gpus[i];
    const bool is_named = gpu.name.starts_with(gpu.vendor);
    all.push_back({&gpu.slot, fmt::format("GPU{}", i),
                   joined({is_named ? gpu.name : words({gpu.vendor, gpu.name}),
                           led_by("driver", gpu.driver)}),
                   state_of(gpu.facts), true});
  }
  for (const Nic& nic : host.nics) {
    all.push_back({&nic.slot, nic.name,
                   joined({words({nic.vendor, nic.model}), led_by("driver", nic.driver),
                           led_by("firmware", nic.firmware)}),
                   ports_of(nic), false});
  }
  return all;
}

bool is_degraded(const PciSlot& slot, bool is_gpu) {
  return is_below(is_gpu ? link_of_gpu(slot) : seen_link(slot), attainable_link(slot));
}

std::string slot_text(const PciSlot& slot, bool is_gpu) {
  const std::string best = pcie_text(attainable_link(slot)), now = pcie_text(seen_link(slot));
  if (now.empty() || now == best) return best;
  if (best.empty()) return now;
  return is_degraded(slot, is_gpu) ? now + " of " + best : fmt::format("{} ({} idle)", best, now);
}

}  // namespace shortfall

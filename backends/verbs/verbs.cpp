// Shows libibverbs as a backend.
#include "backends/backend.hpp"
#include "backends/verbs/limits.hpp"
#include "backends/verbs/link.hpp"
#include "backends/verbs/ports.hpp"
#include "core/overloaded.hpp"

namespace shortfall {
namespace {

Probe probe() {
  const auto names = verbs::device_names();
  if (const auto* const why = std::get_if<std::string>(&names)) return Unusable{*why};
  if (std::get<std::vector<std::string>>(names).empty()) {
    return Unusable{"there are no RDMA devices on this host, or none in this container"};
  }
  const verbs::Ports ports;
  if (ports.active().empty()) return Unusable{"no RDMA port is active: " + ports.text()};
  return Usable{};
}

}  // namespace

Backend verbs_backend() {
  return {.name = "verbs",
          .summary = "RDMA between network adapters by libibverbs: writes, reads, sends, atomics",
          .probe = probe,
          .open_link = verbs::open_link,
          .links = {Carrier::rdma},
          .link_refuses = verbs::why_refused};
}

}  // namespace shortfall

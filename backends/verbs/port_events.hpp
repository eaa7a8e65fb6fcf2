// What a device tells of itself beside completions: that a port went down, that an address is gone,
// that the device has failed.
#pragma once

#include <optional>
#include <string>

#include "backends/verbs/gids.hpp"
#include "backends/verbs/ports.hpp"

namespace shortfall::verbs {

// Of one port and the address that is used of it, from now on.
class PortEvents {
 public:
  PortEvents(const Port& port, const GidEntry& gid);

  // Never waits. `now` in seconds of any clock, the same in all calls.
  void hear(double now);

  // "IBV_EVENT_PORT_ERR 5.1 s ago": once the device has failed, or the port or its address has been
  // away for longer than an adapter itself repeats what was lost; less does no more harm than that.
  std::optional<std::string> why_hopeless(double now);

  // What was heard that explains a failure; "" = nothing.
  std::string text(double now) const;

 private:
  struct Heard {
    std::string what;
    double at;
  };
  void take_in(const ibv_async_event& event, double now);
  void forget_what_is_over();
  bool is_active() const;
  bool has_address() const;

  Port port_;
  GidEntry gid_;
  std::optional<Heard> fatal_, down_, gone_;
};

}  // namespace shortfall::verbs

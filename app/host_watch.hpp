// The host under this rank, watched by its lowest rank: what it is, what its counters gain, and how
// fast its links run when devices work. The other ranks of the host know nothing of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "topology/counters.hpp"
#include "topology/machine.hpp"

namespace shortfall {

class HostWatch {
 public:
  // Surveys the host, with what `backends` know of its devices and libraries.
  HostWatch(const World& job, const std::vector<Backend>& backends);

  const std::optional<Host>& host() const { return host_; }

  void begin();       // reads the counters
  void after_case();  // reads the links, which idle ones train down

  // Collective. On rank 0, brings `machine` up to date with what all hosts have seen since begin().
  void report_to(World& job, Machine& machine);

 private:
  std::optional<Host> host_;
  std::vector<Counter> before_;
};

}  // namespace shortfall

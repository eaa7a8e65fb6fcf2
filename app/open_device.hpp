// The device of each rank, opened on all ranks or on none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "backends/world.hpp"
#include "report/report.hpp"

namespace shortfall {

// Collective: the backend of that name, or the best usable on rank 0 if `name` is empty. Throws, on
// all ranks alike: BadUsage as choose_device() does; Error if another rank cannot use it, with the
// rank, its host and the reason.
const Backend& agreed_device(World& job, const std::vector<Backend>& all, const std::string& name);

// Collective: the same for who communicates, as choose_collectives() chooses.
const Backend& agreed_collectives(World& job, const std::vector<Backend>& all,
                                  const std::string& name, MemoryKind memory);

// Collective: the same of copies between the devices of ranks. nullptr where none was named and
// rank 0 has none, or another rank cannot use what it has: who needs no links goes on without them.
const Backend* agreed_links(World& job, const std::vector<Backend>& all, const std::string& name);

struct OpenedDevice {
  std::unique_ptr<Device> device;
  std::vector<Finding> findings;  // that ranks share one, if they do
};

// Collective. Throws, on all ranks alike: Error if a rank cannot open its device, with the rank and
// its host; BadUsage if two ranks would share one, and measure each other, unless they `may_share`.
OpenedDevice open_device(World& job, const Backend& backend, int local_rank, bool may_share);

}  // namespace shortfall

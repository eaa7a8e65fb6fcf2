// The machine under the job: hosts, bindings, links, datasheet, and how hosts differ.
#pragma once

#include <string>
#include <vector>

#include "app/host_watch.hpp"
#include "backends/binding.hpp"
#include "report/report.hpp"

namespace shortfall {

// What the user gave; "" = nothing.
struct MachineFiles {
  std::string topology, datasheet, expect;
};

struct Survey {
  Machine machine;
  std::vector<Finding> findings;  // what the user expects and is not there; hosts of one name
};

// Collective; whole on rank 0, empty on the others. Throws BadUsage, on all ranks, for files that
// are not what they should be.
// `device` is what this rank computes with; of the host, nothing is known.
Survey survey_job(World& job, const Bound& mine, const DeviceFacts& device, const HostWatch& watch,
                  const MachineFiles& files);

}  // namespace shortfall

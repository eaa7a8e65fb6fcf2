// Devices that are plugged in and were not used: never a silent fall-back.
#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

struct DevicesInUse {
  std::string device;      // of the ranks
  bool is_chosen = false;  // by the user: nothing is said of GPUs
  std::string no_rdma;     // why RDMA is not used; "" = it is
};

// One finding (unknown) for each host and kind of device that is plugged in and not used.
std::vector<Finding> unusable_devices(const Machine& machine, const DevicesInUse& used);

// Of accelerators whose ranks exchange nothing, and why nobody carries their memory.
Finding unconnected_devices(const std::string& device, const std::string& why);

// A finding (warn) for each host of which ranks measure some GPUs, but not all that are there.
std::vector<Finding> gpus_without_a_rank(const Machine& machine);

}  // namespace shortfall

// Devices that are plugged in and were not used: never a silent fall-back.
#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// One finding (unknown) for each host and kind of device seen on PCI that `device` does not use.
// Nothing of GPUs if the user chose the device by name.
std::vector<Finding> unusable_devices(const Machine& machine, const std::string& device,
                                      bool is_chosen);

// A finding (warn) for each host of which ranks measure some GPUs, but not all that are there.
// Of accelerators whose ranks exchange nothing, and why nobody carries their memory.
Finding unconnected_devices(const std::string& device, const std::string& why);

std::vector<Finding> gpus_without_a_rank(const Machine& machine);

}  // namespace shortfall

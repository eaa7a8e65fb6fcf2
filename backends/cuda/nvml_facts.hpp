// What the driver's library adds to the description of NVIDIA GPUs.
#pragma once

#include <string>
#include <vector>

#include "backends/cuda/nvml.hpp"
#include "core/device_facts.hpp"

namespace shortfall {

// Fills what is absent yet in the facts of each address, and adds the GPUs that are missing.
// Without the library nothing changes.
void add_nvml_facts(std::vector<DeviceFacts>& facts);
void add_nvml_facts(std::vector<DeviceFacts>& facts, const std::shared_ptr<const Nvml>& library);

}  // namespace shortfall

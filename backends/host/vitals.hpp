// Vital signs of a computer that runs Linux.
#pragma once

#include <filesystem>
#include <memory>

#include "backends/vitals.hpp"

namespace shortfall {

// `root` stands before /proc and /sys, so that a test can make them up. What is not there stays
// unknown: virtual machines have no energy counters, and those of real ones may be readable by the
// superuser alone.
std::unique_ptr<VitalSigns> open_host_vitals(const std::filesystem::path& root);

}  // namespace shortfall

// Error counters that grew during the run: links, memory and processors that are about to fail.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Packets that an interface dropped, of all in that direction: a warning from here on. TCP's rate
// is at most (segment / round trip) x 1.22 / sqrt(share) (Mathis): 4.5 Gbit/s for one stream within
// a cluster (1,448 bytes, 0.1 ms).
inline constexpr double many_drops = 0.001;
// Kernels also count frames there that nobody has asked for; switches send one every few seconds.
inline constexpr double least_drops = 1000;

// One for each host, device and counter, but for PCIe one for each class of errors; and one for
// each device whose counters started anew or vanished. Uncorrected memory errors fail, others warn.
std::vector<Finding> grown_errors(const std::vector<CounterChange>& changes);

}  // namespace shortfall

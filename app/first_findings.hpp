// What is wrong before anything was measured: devices that nobody can use, hosts that lack
// something.
#pragma once

#include <vector>

#include "app/options.hpp"
#include "app/survey.hpp"
#include "backends/device.hpp"
#include "report/report.hpp"

namespace shortfall {

// `device` is what computes; the job has so many ranks.
std::vector<Finding> first_findings(const Survey& survey, const Device& device,
                                    const RunOptions& options, int ranks);

}  // namespace shortfall

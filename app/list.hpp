// What `list` shows, in its two forms.
#pragma once

#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "harness/benchmark.hpp"
#include "model/workloads/workloads.hpp"
#include "topology/datasheets/sheet.hpp"

namespace shortfall {

std::string list_text(const std::vector<Benchmark>& benchmarks,
                      const std::vector<Backend>& backends, const std::vector<Workload>& workloads,
                      const std::vector<DeviceSheet>& datasheets);
std::string list_json(const std::vector<Benchmark>& benchmarks,
                      const std::vector<Backend>& backends, const std::vector<Workload>& workloads,
                      const std::vector<DeviceSheet>& datasheets);

}  // namespace shortfall

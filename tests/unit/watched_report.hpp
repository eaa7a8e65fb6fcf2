// Reports of jobs whose devices were watched.
#pragma once

#include "diagnosis/gpu_findings.hpp"
#include "tests/unit/sample_report.hpp"

namespace shortfall::watched {

// Eight devices at their power limit, which is usual.
inline DeviceVitals healthy() {
  DeviceVitals v;
  v.ranks = 8;
  v.samples = OverDevices{50, {48, 0, "node01"}};
  v.clock = OverDevices{1.75e9, {1.72e9, 3, "node01"}};
  v.promised_clock = OverDevices{1.98e9, {1.98e9, 0, "node01"}};
  v.application_clock = OverDevices{1.98e9, {1.98e9, 0, "node01"}};
  v.memory_temperature = OverDevices{70, {94, 2, "node01"}};
  v.memory_errors = v.link_errors = v.pcie_replays = v.other_processes =
      OverDevices{0, {0, 0, "node01"}};
  v.links = OverDevices{18, {18, 0, "node01"}};
  v.clock_reasons = {{{"power_cap", AtRank{1, 0, "node01"}}, {"idle", AtRank{0.1, 1, "node01"}}}};
  return v;
}

// A case for each of them.
inline Report with(const std::vector<DeviceVitals>& cases) {
  Report report;
  report.run.status = RunStatus::complete;
  Host host{.name = "node01"};
  for (int rank = 0; rank < 8; ++rank) {
    const std::string address = "0000:1" + std::to_string(rank) + ":00.0";
    host.gpus.push_back({.slot = {.address = address}, .name = "NVIDIA H200"});
    host.gpus.back().facts = {.nvlinks = 18, .nvlinks_up = 18};
    report.machine.bindings.push_back({.rank = rank, .host = "node01", .gpu = address});
  }
  report.machine.hosts = {host};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Measured m = sample::measured(1e-3, 8);
    m.vitals.device = cases[i];
    report.entries.push_back(sample::entry(
        "gemm", Suite::gemm,
        Params(std::vector<Params::Entry>{{"n", static_cast<std::int64_t>(i)}}), {}, m));
  }
  return report;
}

inline std::vector<Finding> found_in(const Report& report) {
  std::vector<Finding> all = gpu_clock_findings(report);
  for (Finding& f : gpu_fault_findings(report)) all.push_back(std::move(f));
  return all;
}

}  // namespace shortfall::watched

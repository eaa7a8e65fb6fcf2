#include "model/system/run_system.hpp"

#include <algorithm>

#include "model/system/literature.hpp"
#include "model/training/gpu_sheet.hpp"

namespace shortfall {
namespace {

DeviceConditions conditions_of(const TrainingRun& run) {
  DeviceConditions told{.scale_up = run.fabric.scale_up,
                        .scale_out = run.fabric.scale_out,
                        .memory = run.fabric.memory,
                        .power_limit_w = run.fabric.power_limit_w,
                        .scale_up_ranks = run.fabric.scale_up_gpus};
  told.is_fp32 = run.precision == Precision::fp32;
  if (run.others.empty()) told.peak = run.peak;
  return told;
}

SystemModel system_with(const std::string& gpu, TrainingRun& run, const Datasheets& sheets,
                        const std::string& where) {
  GpuSheet found = gpu_sheet(gpu, sheets, where);
  if (!found.assumed.empty()) run.assumed.push_back(std::move(found.assumed));
  return literature_system(found.sheet, conditions_of(run));
}

}  // namespace

SystemModel system_of(TrainingRun& run, const Datasheets& sheets, const std::string& where) {
  SystemModel slowest = system_with(run.gpu, run, sheets, where);
  if (run.outer) slowest.between_clusters = run.outer->link;
  std::int64_t left = run.gpus;
  double peaks = 0;
  const double first_peak = slowest.device.peak.value;
  const double outer = slowest.between_clusters.value;
  for (const DeviceClass& other : run.others) {
    SystemModel system = system_with(other.gpu, run, sheets, where);
    peaks += system.device.peak.value * static_cast<double>(other.gpus);
    left -= other.gpus;
    if (system.device.peak < slowest.device.peak) slowest = std::move(system);
  }
  peaks += first_peak * static_cast<double>(left);
  slowest.between_clusters = Bandwidth{outer};
  slowest.mean_peak = peaks / static_cast<double>(run.gpus) / slowest.device.peak.value;
  return slowest;
}

}  // namespace shortfall

// What the stand-in for libnvidia-ml answers: a text file, one statement a line.
//
//   init 18                          nvmlInit answers this
//   driver 570.86.15
//   gpu 0000:17:00.0 NVIDIA H200     a GPU; what follows is its own
//   clock 1980                       a figure (the names stand in nvml_double.cpp), in MHz, W, ...
//   at 0.2 clock 1200                from 0.2 s after nvmlInit on
//   answer.nvmlDeviceGetName 15      that function answers this for this GPU
//   delay.nvmlDeviceGetClockInfo 1   and takes so many seconds
//   process 4711 1048576             somebody uses the GPU: number and bytes
//   at 0.1 xid 79                    a fault
//
// What has no figure is not supported.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shortfall::double_ {

struct ScriptedStep {
  double from = 0;  // s
  double value = 0;
};
using ScriptedFigures = std::map<std::string, std::vector<ScriptedStep>>;

struct ScriptedProcess {
  unsigned pid = 0;
  unsigned long long bytes = 0;
};

struct ScriptedGpu {
  std::string address, name;
  ScriptedFigures figures;
  std::vector<ScriptedProcess> processes;
  std::vector<ScriptedStep> xids;
  std::size_t xids_told = 0;

  std::optional<double> figure(const std::string& key, double now) const;
  double energy(double now) const;  // J, of the figure "power" from the begin on
};

struct NvmlScript {
  int init = 0;
  std::string driver;
  std::vector<ScriptedGpu> gpus;
};

NvmlScript read_script(const std::string& file);

}  // namespace shortfall::double_

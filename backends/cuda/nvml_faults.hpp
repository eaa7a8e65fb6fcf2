// Faults of one GPU: by the driver's events, or by the kernel's log where those are refused.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "backends/cuda/nvml.hpp"
#include "backends/cuda/xid.hpp"

namespace shortfall {

class GpuFaults {
 public:
  GpuFaults(const NvmlGpu& gpu, const std::filesystem::path& root);
  ~GpuFaults();
  GpuFaults(const GpuFaults&) = delete;
  GpuFaults& operator=(const GpuFaults&) = delete;

  // The number of the last one since the last call. Waits so long for one to come.
  std::optional<int> next(Seconds patience = {});

 private:
  bool listens();

  const NvmlGpu& gpu_;
  nvml::EventSet events_ = nullptr;  // nullptr = refused
  KernelLog log_;
  std::string address_;
};

}  // namespace shortfall

// What is read of a GPU at once, and how readings become the signs of a case.
#pragma once

#include <filesystem>

#include "backends/cuda/nvml.hpp"
#include "backends/monitor.hpp"

namespace shortfall {

// At one moment while work runs.
struct GpuSample {
  double clock = not_told, memory_clock = not_told, power = not_told;
  double temperature = not_told, memory_temperature = not_told;
  double pcie_generation = not_told, pcie_lanes = not_told;
  std::optional<unsigned long long> reasons;  // as the driver tells them: a bit for each
};
GpuSample sample_of(const NvmlGpu& gpu);

// Before and after a case.
struct GpuCounters {
  double promised_clock = not_told, application_clock = not_told, power_limit = not_told;
  double pcie_replays = not_told, link_errors = not_told, memory_errors = not_told;
  double links = not_told, links_seen = not_told;
  double other_processes = not_told, other_memory = not_told;
};
GpuCounters counters_of(const NvmlGpu& gpu, const std::filesystem::path& root);

struct OtherUsers {
  double processes = not_told, memory = not_told;
};
// Those on a GPU that this process uses, without other ranks of this program.
OtherUsers other_users(const std::vector<nvml::ProcessOnGpu>& all,
                       const std::filesystem::path& root);

bool holds(unsigned long long reasons, ClockReason reason);

// Adds up the samples of one case.
class GpuTally {
 public:
  void add(const GpuSample& sample);
  // What the energy counter gained in a stretch of this length.
  void add_energy(double joules, double seconds);
  // All but the times, the faults and the identity.
  DeviceSigns signs(const GpuCounters& before, const GpuCounters& after, double active) const;

 private:
  class Series {  // what is not told does not count
   public:
    void add(double value);
    double mean() const { return count_ > 0 ? sum_ / count_ : not_told; }
    double lowest() const { return lowest_; }
    double highest() const { return highest_; }

   private:
    double sum_ = 0, count_ = 0, lowest_ = not_told, highest_ = not_told;
  };

  double samples_ = 0;
  Series clock_, memory_clock_, power_, temperature_, memory_temperature_;
  Series pcie_generation_, pcie_lanes_;
  double with_reasons_ = 0;
  std::array<double, clock_reasons> holding_{};
  double counted_energy_ = 0, counted_time_ = 0;
};

}  // namespace shortfall

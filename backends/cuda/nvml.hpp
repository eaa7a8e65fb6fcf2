// The driver's own library (libnvidia-ml), loaded at first use: a program that needs no GPU runs
// where it is missing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/cuda/nvml_types.hpp"
#include "core/units.hpp"

namespace shortfall {

// What the library's answers mean, and what to do about those that a user can change.
std::string words_of(nvml::Answer answer);

// "00000000:17:00.0" as the library writes it, "0000:17:00.0" as the kernel does.
std::string kernel_address(std::string address);

// May be used by several threads. Ends its use of the library with the last owner.
class Nvml {
 public:
  // Never nothing: what cannot be loaded or started has every function missing, and says why.
  static std::shared_ptr<const Nvml> open(const std::string& library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  const std::string& why_unusable() const { return why_unusable_; }  // "" = usable
  std::string driver_version() const;                                // "" = not told
  std::vector<nvml::Device> devices() const;
  // Nothing if there is none with this address: "0000:17:00.0".
  std::optional<nvml::Device> device_at(const std::string& address) const;
  const nvml::NvmlFunctions& functions() const { return functions_; }

 private:
  explicit Nvml(const std::string& library);
  void start();

  nvml::NvmlFunctions functions_;
  std::string why_unusable_;
};

// What the library tells of one GPU, in SI units. Absent = this driver or this GPU does not tell.
class NvmlGpu {
 public:
  NvmlGpu(std::shared_ptr<const Nvml> library, nvml::Device device)
      : library_(std::move(library)), device_(device) {}

  std::string name() const;
  std::string uuid() const;
  std::string vbios() const;
  std::string address() const;       // as the kernel writes it
  std::string architecture() const;  // "sm_90"

  std::optional<double> clock(nvml::ClockOf) const;  // Hz
  std::optional<double> highest_clock(nvml::ClockOf) const;
  std::optional<double> application_clock(nvml::ClockOf) const;
  std::optional<unsigned long long> clock_reasons() const;  // a bit for each that holds

  std::optional<double> power() const;  // W, now; of old drivers the mean of the last second
  std::optional<double> power_limit() const;
  std::optional<double> energy() const;       // J, since the driver was loaded
  std::optional<double> temperature() const;  // degrees C
  std::optional<double> memory_temperature() const;

  std::optional<double> pcie_generation() const;
  std::optional<double> pcie_lanes() const;
  std::optional<double> pcie_replays() const;

  struct Links {
    int seen = 0, up = 0;
    std::optional<double> errors;  // of those that are up
  };
  std::optional<Links> links() const;
  bool lacks_links() const;  // it says so; false, too, where it says nothing

  std::optional<bool> ecc() const;
  std::optional<double> memory_errors() const;  // uncorrectable, since the driver was loaded
  std::optional<bool> mig() const;
  struct MemoryOfGpu {
    Bytes all, available;
  };
  std::optional<MemoryOfGpu> memory() const;
  std::optional<int> memory_bus_bits() const;
  std::optional<std::vector<nvml::ProcessOnGpu>> processes() const;

  // Why the GPU does not answer any more; "" = it does.
  std::string why_lost() const;

  nvml::Device handle() const { return device_; }
  const nvml::NvmlFunctions& functions() const { return library_->functions(); }

 private:
  std::optional<double> field(nvml::FieldId id) const;

  std::shared_ptr<const Nvml> library_;
  nvml::Device device_;
};

}  // namespace shortfall

// Memory of a GPU that GPUs of other hosts may open where NVLink joins the hosts: by fabric handles
// of the driver, whose functions are asked for by name when they are first needed.
#pragma once

#include <cuda.h>

#include <memory>
#include <variant>

#include "backends/device.hpp"

namespace shortfall::cuda {

struct FabricDriver;

class FabricMemory {
 public:
  using Made = std::variant<std::unique_ptr<FabricMemory>, Unsupported>;

  // New memory of GPU `index`, or that of another rank; or in words why it is not granted.
  static Made create(std::size_t bytes, int index);
  static Made open(const CUmemFabricHandle& handle, std::size_t bytes, int index);
  ~FabricMemory();
  FabricMemory(const FabricMemory&) = delete;
  FabricMemory& operator=(const FabricMemory&) = delete;

  void* address() const { return reinterpret_cast<void*>(address_); }
  const CUmemFabricHandle& handle() const { return handle_; }

 private:
  explicit FabricMemory(std::shared_ptr<const FabricDriver> driver);
  void map(std::size_t bytes, int index);

  std::shared_ptr<const FabricDriver> driver_;
  CUmemGenericAllocationHandle memory_ = 0;
  CUmemFabricHandle handle_{};
  std::size_t size_ = 0;
  CUdeviceptr address_ = 0;  // 0: not reserved
  bool is_held_ = false, is_mapped_ = false;
};

}  // namespace shortfall::cuda

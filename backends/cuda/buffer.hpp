// Memory of the GPU, and memory of the host that the GPU sees.
#pragma once

#include <memory>

#include "backends/cuda/error.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

class CudaBuffer final : public Buffer {
 public:
  // Small ones share a block of the driver, of 2 MiB, unless they are lent: what others are given
  // is whole pages of it.
  enum class Block { shared, own };

  explicit CudaBuffer(Bytes bytes, Block block = Block::shared);
  ~CudaBuffer() override;
  CudaBuffer(const CudaBuffer&) = delete;
  CudaBuffer& operator=(const CudaBuffer&) = delete;
  void* address() override { return address_; }
  Bytes size() const override { return bytes_; }
  MemoryKind kind() const override { return MemoryKind::cuda; }
  std::variant<DmaBuf, Unsupported> lend() override;
  std::string device_address() const override;
  void take_in_arrivals() override;

 private:
  Bytes bytes_;
  void* address_ = nullptr;
};

// `count` objects in pinned memory of the host, at the same address on both sides.
template <class T>
class SharedArray {
 public:
  explicit SharedArray(std::size_t count) : count_(count) {
    void* memory = nullptr;
    check(cudaHostAlloc(&memory, count * sizeof(T), cudaHostAllocMapped | cudaHostAllocPortable),
          [&] { return "pin " + std::to_string(count * sizeof(T)) + " bytes of host memory"; });
    data_ = static_cast<T*>(memory);
    std::uninitialized_value_construct_n(data_, count);
  }
  ~SharedArray() { cudaFreeHost(data_); }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  T* data() { return data_; }
  std::size_t size() const { return count_; }
  T& operator[](std::size_t i) { return data_[i]; }

 private:
  T* data_ = nullptr;
  std::size_t count_;
};

}  // namespace shortfall::cuda

// Memory that NCCL has allocated, and memory that it was told of beforehand.
#pragma once

#include "backends/device.hpp"
#include "backends/nccl/ranks.hpp"

namespace shortfall::nccl {

// As symmetric windows need it. Throws OutOfMemory, or Error.
std::unique_ptr<Buffer> allocate(std::shared_ptr<const Library> library, Bytes bytes);

// NCCL makes no symmetric windows for these ranks: not all of them reach one another's memory.
struct NoWindow {};

// What a library knows of a buffer until this is destroyed. Symmetric windows are made by all ranks
// alike. Throws Error, or NoWindow.
class BufferRegistration {
 public:
  virtual ~BufferRegistration() = default;
};
std::unique_ptr<BufferRegistration> register_buffer(std::shared_ptr<NcclRanks> ranks, Buffer& buffer,
                                              bool is_symmetric);

}  // namespace shortfall::nccl

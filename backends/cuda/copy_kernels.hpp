// A kernel that copies any bytes between any memories that the GPU sees: its own, a peer's, pinned
// memory of the host. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace shortfall::cuda {

struct CopyTask {
  const void* from = nullptr;
  void* to = nullptr;
  std::size_t bytes = 0;
};

// Copies that one kernel makes at once.
struct CopyTasks {
  static constexpr unsigned most = 128;  // parameters of a kernel have 4 KiB

  CopyTask each[most] = {};
  unsigned count = 0;
};

struct CopyWay {
  static constexpr unsigned threads = 512;  // of a block
  static constexpr unsigned deep = 8;       // loads of 16 bytes that a thread starts at once

  bool is_deep = false;  // else each thread has one in flight, so that all share a small copy
  unsigned blocks = 1;   // for each copy
};

void launch_copies(const CopyTasks& tasks, const CopyWay& way, cudaStream_t stream);

}  // namespace shortfall::cuda

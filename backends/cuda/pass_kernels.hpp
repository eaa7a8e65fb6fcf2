// Kernels that pass over memory. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace shortfall::cuda {

// What is made of the elements of so many arrays; a mix of one or two streams is a copy or an add.
enum class Formula { read, write, copy, scale, add, triad, dot, add3, add4, gather };

struct PassTask {
  const double* from[4] = {};
  const std::int32_t* index = nullptr;  // of a gather, into from[0]
  double* to = nullptr;                 // an array, or one sum
  std::size_t count = 0;                // elements; even
  double factor = 0, constant = 0;      // of a scale and a triad; of a write
  // Of sums alone.
  double* partial = nullptr;     // one for each block
  unsigned* finished = nullptr;  // blocks of this kernel; 0 between kernels
};

// One of several ways to do the same.
struct PassWay {
  static constexpr unsigned most_threads = 1024;

  unsigned loads = 4;         // of 16 bytes that a thread starts before it waits for one: 4 or 8
  bool is_streaming = false;  // past the first-level cache, and first to leave the second
  unsigned threads = 256;     // of a block; a multiple of 32
  unsigned blocks = 1;        // each goes on with what no block has begun
};

void launch_pass(Formula formula, const PassTask& task, const PassWay& way, cudaStream_t stream);

// Blocks of this kernel that a multiprocessor holds at once; 0 if it cannot be told.
unsigned blocks_at_once(Formula formula, const PassWay& way);

}  // namespace shortfall::cuda

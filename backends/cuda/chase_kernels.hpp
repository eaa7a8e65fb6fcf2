// Kernels that link memory to a random cycle and follow it. Included by code for the device: C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace shortfall::cuda {

struct alignas(64) ChaseLink {
  const ChaseLink* next;
  std::uint64_t place;  // along the cycle
};

struct ChaseTask {
  ChaseLink* links = nullptr;
  std::uint64_t count = 0;
};

// Where the last call stopped. In memory of the device.
struct ChaseState {
  const ChaseLink* at;
  std::uint64_t place;
};

inline constexpr int links_at_once = 16;  // steps between two looks at how many there were

// Links all lines to one cycle whose order looks like chance, and puts `state` at its start.
void launch_linking(const ChaseTask& task, ChaseState* state, cudaStream_t stream);

// Adds the number of lines that do not lead to the one after them to *wrong.
void launch_link_check(const ChaseTask& task, unsigned* wrong, cudaStream_t stream);

enum class ChaseLoads {
  cached,    // by every cache on the way
  from_afar  // as the whole system sees them: from where the lines lie, the host or a peer
};

// One thread takes `steps` steps, a multiple of links_at_once, and *moved becomes how far along the
// cycle they led.
void launch_chase(const ChaseTask& task, int steps, ChaseLoads loads, ChaseState* state,
                  double* moved, cudaStream_t stream);

}  // namespace shortfall::cuda

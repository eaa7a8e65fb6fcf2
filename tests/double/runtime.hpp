// A DOUBLE of the CUDA runtime, for machines without a GPU: memory is the host's, and each stream
// is a thread that does what is enqueued in order. The sources of backends/cuda are the real ones.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace shortfall::cuda_double {

// Of this process. Read once from the variable SHORTFALL_CUDA_DOUBLE, "gpus=2;driver=12020;...",
// where "rank1.gpus=0" is for one rank alone; tests may change it before they open a device.
struct Settings {
  int gpus = 1;
  int driver = 13000;                         // "driver": 0 = none is installed
  std::size_t memory = std::size_t{8} << 30;  // "memory": bytes of each GPU
  std::size_t l2 = std::size_t{1} << 20;
  int units = 8;
  double clock_hz = 1.98e9;  // "clock": of what the double's multiprocessors count
  std::string name = "NVIDIA H200";
  // "cudaMalloc" = "2:3": the third call and all later ones answer 2. Names of functions as in
  // fail.NAME=STATUS:AFTER.
  std::map<std::string, std::string> fail;
};
Settings& settings();

// Does `work` when all that was enqueued before is done; or makes it part of the graph that is
// being captured.
void enqueue(cudaStream_t stream, std::function<void()> work);

// What a kernel has done wrong: the answer to whoever asks next, and from then on.
void break_device(cudaError_t status);

// Forgets everything but settings: for tests that break the device.
void repair_device();

}  // namespace shortfall::cuda_double

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
  int first = 0;        // number of the first one on its host: the others are not visible
  bool peers = true;    // "peers": whether one GPU reaches the memory of another
  bool shares = false;  // "shares": device memory lies where other processes can open it
  bool fabric = false;  // "fabric": and other hosts, by the driver's fabric handles
  bool dmabuf = false;  // "dmabuf": device memory that others can open is lent as a file
  bool drops = false;   // "drops": what is copied into another rank's memory half arrives
  int driver = 13000;   // "driver": 0 = none is installed
  std::size_t memory = std::size_t{8} << 30;  // "memory": bytes of each GPU
  std::size_t l2 = std::size_t{1} << 20;
  int units = 8;
  int capability = 9;        // "capability": the major number, 9 of Hopper
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

// Whether kernels and copy engines reach an address: memory of the device, pinned memory of the
// host, and what was opened of other ranks.
bool is_visible(const void* address);

// How many of so many bytes arrive there: see Settings::drops.
std::size_t arriving(const void* to, std::size_t bytes);

// What a kernel has done wrong: the answer to whoever asks next, and from then on.
void break_device(cudaError_t status);

// Forgets everything but settings: for tests that break the device.
void repair_device();

}  // namespace shortfall::cuda_double

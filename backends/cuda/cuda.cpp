// NVIDIA GPUs, by the CUDA runtime.
#include <fmt/format.h>

#include "backends/backend.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/device.hpp"
#include "backends/cuda/error.hpp"

namespace shortfall {
namespace {

Probe probe() {
  const std::string why = cuda::why_no_card();
  if (!why.empty()) return Unusable{why};
  return Usable{};
}

}  // namespace

Backend cuda_backend() {
  return {.name = "cuda",
          .summary = "NVIDIA GPUs: one for each rank",
          .probe = probe,
          .open_device = cuda::open_card,
          .device_facts = cuda::facts_of_cards};
}

}  // namespace shortfall

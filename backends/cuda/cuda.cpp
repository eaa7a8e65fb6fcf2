// NVIDIA GPUs, by the CUDA runtime.
#include "backends/backend.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/device.hpp"
#include "backends/cuda/link.hpp"
#include "backends/cuda/nvml_facts.hpp"

namespace shortfall {
namespace {

Probe probe() {
  const std::string why = cuda::why_no_card();
  if (!why.empty()) return Unusable{why};
  return Usable{};
}

std::vector<DeviceFacts> facts() {
  auto all = cuda::facts_of_cards();
  add_nvml_facts(all);
  return all;
}

Details versions() {
  Details all{{"CUDA runtime", cuda::runtime_version()}};
  if (const auto driver = Nvml::open()->driver_version(); !driver.empty())
    all.emplace_back("NVIDIA driver", driver);
  return all;
}

}  // namespace

Backend cuda_backend() {
  return {.name = "cuda",
          .summary = "NVIDIA GPUs: one for each rank",
          .probe = probe,
          .open_device = cuda::open_card,
          .open_link = cuda::open_link,
          .links = {Carrier::peer_memory},
          .device_facts = facts,
          .versions = versions};
}

}  // namespace shortfall

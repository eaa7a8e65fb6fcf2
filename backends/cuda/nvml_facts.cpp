#include "backends/cuda/nvml_facts.hpp"

#include <algorithm>

namespace shortfall {
namespace {

using nvml::ClockOf;

void fill(std::string& known, const std::string& told) {
  if (known.empty()) known = told;
}

template <class T>
void fill(std::optional<T>& known, const std::optional<T>& told) {
  if (!known) known = told;
}

std::optional<Frequency> frequency(const std::optional<double>& hertz) {
  return hertz ? std::optional(Frequency{*hertz}) : std::nullopt;
}

void fill(DeviceFacts& facts, const NvmlGpu& gpu) {
  fill(facts.name, gpu.name());
  fill(facts.architecture, gpu.architecture());
  fill(facts.clock, frequency(gpu.highest_clock(ClockOf::sm)));
  fill(facts.memory_clock, frequency(gpu.highest_clock(ClockOf::memory)));
  fill(facts.memory_bus_bits, gpu.memory_bus_bits());
  if (const auto memory = gpu.memory()) {
    fill(facts.memory, std::optional(memory->all));
    fill(facts.memory_available, std::optional(memory->available));
  }
  fill(facts.ecc, gpu.ecc());
  fill(facts.mig, gpu.mig());
  fill(facts.power_limit_w, gpu.power_limit());
  if (const auto links = gpu.links()) {
    fill(facts.nvlinks, std::optional(links->seen));
    fill(facts.nvlinks_up, std::optional(links->up));
  } else if (gpu.lacks_links()) {
    fill(facts.nvlinks, std::optional(0));
  }
  fill(facts.serial, gpu.uuid());
  fill(facts.firmware, gpu.vbios());
}

}  // namespace

void add_nvml_facts(std::vector<DeviceFacts>& facts, const std::shared_ptr<const Nvml>& library) {
  for (const nvml::Device device : library->devices()) {
    const NvmlGpu gpu(library, device);
    const std::string address = gpu.address();
    if (address.empty()) continue;
    const auto found = std::ranges::find(facts, address, &DeviceFacts::address);
    DeviceFacts& of_gpu =
        found != facts.end() ? *found : facts.emplace_back(DeviceFacts{.address = address});
    fill(of_gpu, gpu);
    fill(of_gpu.driver_version, library->driver_version());
  }
}

void add_nvml_facts(std::vector<DeviceFacts>& facts) { add_nvml_facts(facts, Nvml::open()); }

}  // namespace shortfall

// Where the double of libnvidia-ml stands in its script, for its two files of functions.
#pragma once

#include <chrono>
#include <cmath>
#include <mutex>
#include <string>

#include "backends/cuda/nvml_types.hpp"
#include "tests/double/nvml_script.hpp"

namespace shortfall::double_ {

struct Playing {
  using Clock = std::chrono::steady_clock;

  std::mutex mutex;
  int users = 0;
  NvmlScript script;
  Clock::time_point begun;

  double now() const { return std::chrono::duration<double>(Clock::now() - begun).count(); }
  ScriptedGpu& at(nvml::Device device) {
    return script.gpus.at(reinterpret_cast<std::size_t>(device) - 1);
  }
};

Playing& playing();

// Takes the time that the script wants, and answers what it wants: ok if it says nothing.
nvml::Answer prelude(const std::string& function, nvml::Device device);

template <class T>
nvml::Answer figure(const char* function, nvml::Device device, const std::string& key, double scale,
                    T* value) {
  if (const nvml::Answer answer = prelude(function, device); answer != nvml::ok) return answer;
  Playing& all = playing();
  const std::scoped_lock lock(all.mutex);
  const auto found = all.at(device).figure(key, all.now());
  if (!found) return nvml::not_supported;
  *value = static_cast<T>(std::llround(*found * scale));
  return nvml::ok;
}

}  // namespace shortfall::double_

#include "backends/cuda/nvml.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <type_traits>

namespace shortfall {
namespace {

using namespace nvml;

struct Meaning {
  Answer answer;
  const char* words;
};

// The numbers are the library's.
constexpr std::array meanings{
    Meaning{not_supported, "this GPU does not support it"},
    Meaning{no_permission,
            "no permission: this user may not open /dev/nvidia*; ask for access to them"},
    Meaning{driver_not_loaded,
            "the NVIDIA driver is not loaded: 'modprobe nvidia', or start the "
            "container with GPUs"},
    Meaning{timed_out, "it did not answer in time"},
    Meaning{library_not_found, "a part of the NVIDIA driver is missing: install it anew"},
    Meaning{gpu_lost, "the GPU is lost: it has fallen off the bus or does not answer any more"},
    Meaning{needs_reset, "the GPU must be reset before it can be used again"},
    Meaning{kept_by_system,
            "the operating system keeps the GPU from this process: see the "
            "device rules of its container or cgroup"},
    Meaning{version_mismatch,
            "the NVIDIA driver in the kernel and its libraries are of different "
            "versions: reboot, or load the new kernel module"},
    Meaning{out_of_memory, "out of memory"},
};

// Looks every function up by the names that it had, the newest first.
class Finder {
 public:
  explicit Finder(void* library) : library_(library) {}

  template <class Function, class... Names>
  void operator()(Function& function, Names... names) const {
    void* found = nullptr;
    for (const char* const name : {names...}) {
      if (found == nullptr) found = dlsym(library_, name);
    }
    function = reinterpret_cast<Function>(found);
  }

 private:
  void* library_;
};

NvmlFunctions functions_in(void* library) {
  NvmlFunctions f;
  const Finder find(library);
  find(f.init, "nvmlInit_v2", "nvmlInit");
  find(f.shutdown, "nvmlShutdown");
  find(f.error_text, "nvmlErrorString");
  find(f.driver_version, "nvmlSystemGetDriverVersion");
  find(f.device_count, "nvmlDeviceGetCount_v2");
  find(f.device_at, "nvmlDeviceGetHandleByIndex_v2");
  find(f.device_at_address, "nvmlDeviceGetHandleByPciBusId_v2");
  find(f.name, "nvmlDeviceGetName");
  find(f.uuid, "nvmlDeviceGetUUID");
  find(f.vbios, "nvmlDeviceGetVbiosVersion");
  find(f.pci_info, "nvmlDeviceGetPciInfo_v3");
  find(f.capability, "nvmlDeviceGetCudaComputeCapability");
  find(f.clock, "nvmlDeviceGetClockInfo");
  find(f.highest_clock, "nvmlDeviceGetMaxClockInfo");
  find(f.application_clock, "nvmlDeviceGetApplicationsClock");
  find(f.clock_reasons, "nvmlDeviceGetCurrentClocksEventReasons",
       "nvmlDeviceGetCurrentClocksThrottleReasons");
  find(f.power, "nvmlDeviceGetPowerUsage");
  find(f.power_limit, "nvmlDeviceGetEnforcedPowerLimit");
  find(f.energy, "nvmlDeviceGetTotalEnergyConsumption");
  find(f.temperature, "nvmlDeviceGetTemperature");
  find(f.field_values, "nvmlDeviceGetFieldValues");
  find(f.pcie_generation, "nvmlDeviceGetCurrPcieLinkGeneration");
  find(f.pcie_lanes, "nvmlDeviceGetCurrPcieLinkWidth");
  find(f.pcie_replays, "nvmlDeviceGetPcieReplayCounter");
  find(f.link_state, "nvmlDeviceGetNvLinkState");
  find(f.link_errors, "nvmlDeviceGetNvLinkErrorCounter");
  find(f.ecc_mode, "nvmlDeviceGetEccMode");
  find(f.ecc_errors, "nvmlDeviceGetTotalEccErrors");
  find(f.mig_mode, "nvmlDeviceGetMigMode");
  find(f.memory, "nvmlDeviceGetMemoryInfo");
  find(f.memory_with_reserve, "nvmlDeviceGetMemoryInfo_v2");
  find(f.memory_bus_bits, "nvmlDeviceGetMemoryBusWidth");
  find(f.processes, "nvmlDeviceGetComputeRunningProcesses_v3",
       "nvmlDeviceGetComputeRunningProcesses_v2");
  find(f.make_event_set, "nvmlEventSetCreate");
  find(f.register_events, "nvmlDeviceRegisterEvents");
  find(f.wait_for_event, "nvmlEventSetWait_v2");
  find(f.free_event_set, "nvmlEventSetFree");
  return f;
}

}  // namespace

std::string words_of(Answer answer) {
  const auto found = std::ranges::find(meanings, answer, &Meaning::answer);
  return found != meanings.end() ? found->words : fmt::format("NVML error {}", answer);
}

std::string kernel_address(std::string address) {
  constexpr std::size_t long_domain = 8, short_domain = 4;
  std::ranges::transform(address, address.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool is_long = address.find(':') == long_domain && address.starts_with("0000");
  return is_long ? address.substr(long_domain - short_domain) : address;
}

std::shared_ptr<const Nvml> Nvml::open(const std::string& library) {
  return std::shared_ptr<const Nvml>(new Nvml(library));
}

// Never unloaded: a call that hangs in the driver may still stand in its code.
Nvml::Nvml(const std::string& library) {
  void* const loaded = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) {
    why_unusable_ = fmt::format("load {}: {}; it comes with the NVIDIA driver", library, dlerror());
    return;
  }
  functions_ = functions_in(loaded);
  start();
  if (!why_unusable_.empty()) {
    why_unusable_ = fmt::format("start {}: {}", library, why_unusable_);
    functions_ = {};
  }
}

void Nvml::start() {
  if (!functions_.init || !functions_.shutdown) {
    why_unusable_ = "it has no nvmlInit: this is no NVIDIA driver library";
    return;
  }
  const Answer answer = functions_.init();
  if (answer != ok) why_unusable_ = words_of(answer);
}

Nvml::~Nvml() {
  if (functions_.shutdown) functions_.shutdown();
}

std::string Nvml::driver_version() const {
  std::array<char, text_length> text{};
  if (!functions_.driver_version) return {};
  const Answer answer = functions_.driver_version(text.data(), text.size() - 1);
  return answer == ok ? text.data() : "";
}

std::vector<Device> Nvml::devices() const {
  unsigned count = 0;
  std::vector<Device> all;
  if (!functions_.device_count || !functions_.device_at || functions_.device_count(&count) != ok)
    return all;
  for (unsigned i = 0; i < count; ++i) {
    Device device = nullptr;
    if (functions_.device_at(i, &device) == ok) all.push_back(device);
  }
  return all;
}

std::optional<Device> Nvml::device_at(const std::string& address) const {
  Device device = nullptr;
  if (!functions_.device_at_address) return std::nullopt;
  if (functions_.device_at_address(address.c_str(), &device) != ok) return std::nullopt;
  return device;
}

}  // namespace shortfall

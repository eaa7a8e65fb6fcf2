// A double of libnvidia-ml.so.1: it answers from the file that SHORTFALL_NVML_DOUBLE names (see
// nvml_script.hpp), read anew whenever nobody uses the library any more.
#include "tests/double/nvml_double.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace shortfall::double_ {

using namespace nvml;

Playing& playing() {
  static Playing all;
  return all;
}

Answer prelude(const std::string& function, Device device) {
  double delay = 0, answer = ok;
  {
    Playing& all = playing();
    const std::scoped_lock lock(all.mutex);
    const ScriptedGpu& gpu = all.at(device);
    delay = gpu.figure("delay." + function, all.now()).value_or(0);
    answer = gpu.figure("answer." + function, all.now()).value_or(ok);
  }
  if (delay > 0) std::this_thread::sleep_for(std::chrono::duration<double>(delay));
  return static_cast<Answer>(answer);
}

}  // namespace shortfall::double_

namespace {

using namespace shortfall::nvml;
using namespace shortfall::double_;
using Clock = Playing::Clock;

Device handle_of(std::size_t index) { return reinterpret_cast<Device>(index + 1); }

Answer text(const std::string& content, char* into, unsigned length) {
  if (content.empty()) return not_supported;
  if (content.size() >= length) return too_small;
  std::strcpy(into, content.c_str());
  return ok;
}

}  // namespace

extern "C" {

Answer nvmlInit_v2() {
  Playing& all = playing();
  const std::scoped_lock lock(all.mutex);
  if (all.users == 0) {
    const char* const file = std::getenv("SHORTFALL_NVML_DOUBLE");
    all.script = read_script(file == nullptr ? "" : file);
    all.begun = Clock::now();
  }
  if (all.script.init == ok) ++all.users;
  return all.script.init;
}

Answer nvmlShutdown() {
  Playing& all = playing();
  const std::scoped_lock lock(all.mutex);
  --all.users;
  return ok;
}

Answer nvmlSystemGetDriverVersion(char* into, unsigned length) {
  return text(playing().script.driver, into, length);
}

Answer nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(playing().script.gpus.size());
  return ok;
}

Answer nvmlDeviceGetHandleByIndex_v2(unsigned index, Device* device) {
  *device = handle_of(index);
  return ok;
}

Answer nvmlDeviceGetHandleByPciBusId_v2(const char* address, Device* device) {
  const auto& gpus = playing().script.gpus;
  const auto found = std::ranges::find(gpus, address, &ScriptedGpu::address);
  if (found == gpus.end()) return 6;  // not found
  *device = handle_of(static_cast<std::size_t>(found - gpus.begin()));
  return ok;
}

Answer nvmlDeviceGetName(Device device, char* into, unsigned length) {
  const Answer answer = prelude("nvmlDeviceGetName", device);
  return answer == ok ? text(playing().at(device).name, into, length) : answer;
}

Answer nvmlDeviceGetUUID(Device device, char* into, unsigned length) {
  return text("GPU-" + playing().at(device).address, into, length);
}

Answer nvmlDeviceGetVbiosVersion(Device, char* into, unsigned length) {
  return text("96.00.74.00.01", into, length);
}

Answer nvmlDeviceGetPciInfo_v3(Device device, PciInfo* info) {
  return text("0000" + playing().at(device).address, info->address, sizeof info->address);
}

Answer nvmlDeviceGetCudaComputeCapability(Device device, int* major, int* minor) {
  double capability = 0;
  const Answer answer =
      figure("nvmlDeviceGetCudaComputeCapability", device, "capability", 1, &capability);
  *major = static_cast<int>(capability) / 10;
  *minor = static_cast<int>(capability) % 10;
  return answer;
}

Answer nvmlDeviceGetComputeRunningProcesses_v3(Device device, unsigned* count, ProcessOnGpu* into) {
  const Answer answer = prelude("nvmlDeviceGetComputeRunningProcesses_v3", device);
  if (answer != ok) return answer;
  const auto& all = playing().at(device).processes;
  const std::size_t room = *count;
  *count = static_cast<unsigned>(all.size());
  if (room < all.size()) return too_small;
  for (std::size_t i = 0; i < all.size(); ++i) into[i] = {all[i].pid, all[i].bytes, 0, 0};
  return ok;
}

// A set is the GPU that was registered; one that was not hears nothing.
Answer nvmlEventSetCreate(EventSet* set) {
  *set = reinterpret_cast<EventSet>(new Device(nullptr));
  return ok;
}

Answer nvmlDeviceRegisterEvents(Device device, unsigned long long, EventSet set) {
  const Answer answer = prelude("nvmlDeviceRegisterEvents", device);
  if (answer == ok) *reinterpret_cast<Device*>(set) = device;
  return answer;
}

Answer nvmlEventSetWait_v2(EventSet set, XidNews* news, unsigned timeout_ms) {
  const Device device = *reinterpret_cast<Device*>(set);
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  do {
    Playing& all = playing();
    {
      const std::scoped_lock lock(all.mutex);
      ScriptedGpu& gpu = all.at(device);
      if (gpu.xids_told < gpu.xids.size() && gpu.xids[gpu.xids_told].from <= all.now()) {
        const auto number = static_cast<unsigned long long>(gpu.xids[gpu.xids_told++].value);
        *news = {device, xid_event, number, ~0U, ~0U};
        return ok;
      }
    }
    if (Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  } while (Clock::now() < end);
  return timed_out;
}

Answer nvmlEventSetFree(EventSet set) {
  delete reinterpret_cast<Device*>(set);
  return ok;
}

}  // extern "C"

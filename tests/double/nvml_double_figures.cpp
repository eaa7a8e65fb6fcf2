// The figures of a GPU that the double of libnvidia-ml tells.
#include <span>

#include "tests/double/nvml_double.hpp"

namespace {

using namespace shortfall::nvml;
using namespace shortfall::double_;

constexpr double kilo = 1e3, mebi = 1 << 20;

const char* prefix_of(ClockOf which) { return which == ClockOf::memory ? "memory_" : ""; }

}  // namespace

extern "C" {

Answer nvmlDeviceGetClockInfo(Device device, ClockOf which, unsigned* value) {
  return figure("nvmlDeviceGetClockInfo", device, prefix_of(which) + std::string("clock"), 1,
                value);
}

Answer nvmlDeviceGetMaxClockInfo(Device device, ClockOf which, unsigned* value) {
  const std::string key = std::string("highest_") + prefix_of(which) + "clock";
  return figure("nvmlDeviceGetMaxClockInfo", device, key, 1, value);
}

Answer nvmlDeviceGetApplicationsClock(Device device, ClockOf, unsigned* value) {
  return figure("nvmlDeviceGetApplicationsClock", device, "application_clock", 1, value);
}

Answer nvmlDeviceGetCurrentClocksEventReasons(Device device, unsigned long long* value) {
  return figure("nvmlDeviceGetCurrentClocksEventReasons", device, "reasons", 1, value);
}

Answer nvmlDeviceGetPowerUsage(Device device, unsigned* value) {
  return figure("nvmlDeviceGetPowerUsage", device, "power", kilo, value);
}

Answer nvmlDeviceGetEnforcedPowerLimit(Device device, unsigned* value) {
  return figure("nvmlDeviceGetEnforcedPowerLimit", device, "power_limit", kilo, value);
}

// Counts real time, in steps of the figure "energy_step" (s) where there is one.
Answer nvmlDeviceGetTotalEnergyConsumption(Device device, unsigned long long* value) {
  const Answer answer = prelude("nvmlDeviceGetTotalEnergyConsumption", device);
  if (answer != ok) return answer;
  Playing& all = playing();
  const std::scoped_lock lock(all.mutex);
  const ScriptedGpu& gpu = all.at(device);
  double now = all.now();
  if (const auto step = gpu.figure("energy_step", now)) now = std::floor(now / *step) * *step;
  *value = static_cast<unsigned long long>(gpu.energy(now) * kilo);
  return ok;
}

Answer nvmlDeviceGetTemperature(Device device, int, unsigned* value) {
  return figure("nvmlDeviceGetTemperature", device, "temperature", 1, value);
}

Answer nvmlDeviceGetFieldValues(Device device, int count, FieldAsked* fields) {
  for (FieldAsked& field : std::span(fields, static_cast<std::size_t>(count))) {
    const bool is_power = field.id == static_cast<unsigned>(FieldId::power_now);
    const char* const key = is_power ? "power_now" : "memory_temperature";
    field.type = 1;
    field.answer = figure("nvmlDeviceGetFieldValues", device, key, is_power ? kilo : 1,
                          &field.content.natural);
  }
  return ok;
}

Answer nvmlDeviceGetCurrPcieLinkGeneration(Device device, unsigned* value) {
  return figure("nvmlDeviceGetCurrPcieLinkGeneration", device, "pcie_generation", 1, value);
}

Answer nvmlDeviceGetCurrPcieLinkWidth(Device device, unsigned* value) {
  return figure("nvmlDeviceGetCurrPcieLinkWidth", device, "pcie_lanes", 1, value);
}

Answer nvmlDeviceGetPcieReplayCounter(Device device, unsigned* value) {
  return figure("nvmlDeviceGetPcieReplayCounter", device, "pcie_replays", 1, value);
}

Answer nvmlDeviceGetNvLinkState(Device device, unsigned link, int* state) {
  unsigned seen = 0, up = 0;
  const Answer answer = figure("nvmlDeviceGetNvLinkState", device, "links_seen", 1, &seen);
  if (answer != ok || link >= seen) return not_supported;
  figure("nvmlDeviceGetNvLinkState", device, "links", 1, &up);
  *state = link < up ? 1 : 0;
  return ok;
}

// All errors are of the first kind, on the first link.
Answer nvmlDeviceGetNvLinkErrorCounter(Device device, unsigned link, int kind,
                                       unsigned long long* value) {
  const Answer answer = figure("nvmlDeviceGetNvLinkErrorCounter", device, "link_errors", 1, value);
  if (link != 0 || kind != 0) *value = 0;
  return answer;
}

Answer nvmlDeviceGetEccMode(Device device, int* now, int* later) {
  *later = 0;
  return figure("nvmlDeviceGetEccMode", device, "ecc", 1, now);
}

Answer nvmlDeviceGetTotalEccErrors(Device device, ErrorKind kind, CountSince since,
                                   unsigned long long* value) {
  if (kind != ErrorKind::uncorrected || since != CountSince::driver_start) return not_supported;
  return figure("nvmlDeviceGetTotalEccErrors", device, "memory_errors", 1, value);
}

Answer nvmlDeviceGetMigMode(Device device, unsigned* now, unsigned* later) {
  *later = 0;
  return figure("nvmlDeviceGetMigMode", device, "mig", 1, now);
}

// As the driver does: a struct of an unknown layout is refused.
Answer nvmlDeviceGetMemoryInfo_v2(Device device, MemoryWithReserve* memory) {
  if (memory->version != 0x02000028) return 25;
  const Answer answer =
      figure("nvmlDeviceGetMemoryInfo_v2", device, "memory_mib", mebi, &memory->total);
  return answer == ok
             ? figure("nvmlDeviceGetMemoryInfo_v2", device, "memory_free_mib", mebi, &memory->free)
             : answer;
}

Answer nvmlDeviceGetMemoryInfo(Device device, MemoryInUse* memory) {
  return figure("nvmlDeviceGetMemoryInfo", device, "memory_mib", mebi, &memory->total);
}

Answer nvmlDeviceGetMemoryBusWidth(Device device, unsigned* value) {
  return figure("nvmlDeviceGetMemoryBusWidth", device, "memory_bus_bits", 1, value);
}

}  // extern "C"

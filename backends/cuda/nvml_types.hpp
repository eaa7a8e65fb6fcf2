// The part of the NVIDIA Management Library's binary interface that is used here, declared anew:
// its header is in no free package. Numbers and layouts are those that the library keeps for ever.
#pragma once

#include <cstddef>

namespace shortfall::nvml {

using Answer = int;  // 0 = done
enum : Answer {
  ok = 0,
  not_supported = 3,
  no_permission = 4,
  too_small = 7,
  driver_not_loaded = 9,
  timed_out = 10,
  library_not_found = 12,
  gpu_lost = 15,
  needs_reset = 16,
  kept_by_system = 17,
  version_mismatch = 18,
  out_of_memory = 20,
  unknown = 999,
};

// Handles that only the library looks into.
using Device = struct DeviceHandle*;
using EventSet = struct EventSetHandle*;

enum class ClockOf : int { graphics = 0, sm = 1, memory = 2 };
enum class ErrorKind : int { corrected = 0, uncorrected = 1 };
enum class CountSince : int { driver_start = 0, ever = 1 };  // "volatile" and "aggregate"
inline constexpr int gpu_sensor = 0;
inline constexpr unsigned most_links = 18;  // NVLinks of one GPU, up to NVLink 5
// Of each link: replays, recoveries, damaged flow-control units, damaged data.
inline constexpr int link_error_kinds = 4;
inline constexpr unsigned long long xid_event = 0x8;
inline constexpr std::size_t text_length = 96;  // enough for every text that the library gives

// Figures without a function of their own.
enum class FieldId : unsigned { memory_temperature = 82, power_now = 186 };  // degrees C; mW

union FieldContent {
  double real;
  int whole;
  unsigned natural;
  unsigned long long long_natural;
  long long long_whole;
};

struct FieldAsked {
  unsigned id;
  unsigned scope;
  long long time_us, latency_us;
  unsigned type;  // 0 double, 1 unsigned, 2 unsigned long, 3 unsigned long long, 4 long long, 5 int
  Answer answer;
  FieldContent content;
};
static_assert(sizeof(FieldAsked) == 40);

struct PciInfo {
  char short_address[16];
  unsigned domain, bus, device;
  unsigned vendor_and_model, subsystem;
  char address[32];  // "00000000:17:00.0"
};
static_assert(sizeof(PciInfo) == 68);

struct MemoryInUse {  // bytes
  unsigned long long total, free, used;
};

struct MemoryWithReserve {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
static_assert(sizeof(MemoryWithReserve) == 40);
// A struct that may grow says its size and which of its layouts it has.
inline constexpr unsigned memory_version = sizeof(MemoryWithReserve) | 2U << 24;

struct ProcessOnGpu {
  unsigned pid;
  unsigned long long memory;  // bytes; all ones = not told
  unsigned gpu_instance, compute_instance;
};
static_assert(sizeof(ProcessOnGpu) == 24);
inline constexpr unsigned long long memory_not_told = ~0ULL;

struct XidNews {
  Device device;
  unsigned long long type;
  unsigned long long content;  // of an Xid event its number
  unsigned gpu_instance, compute_instance;
};
static_assert(sizeof(XidNews) == 32);

// Every function that is used; nullptr = this driver does not have it.
struct NvmlFunctions {
  Answer (*init)() = nullptr;
  Answer (*shutdown)() = nullptr;
  const char* (*error_text)(Answer) = nullptr;
  Answer (*driver_version)(char*, unsigned) = nullptr;
  Answer (*device_count)(unsigned*) = nullptr;
  Answer (*device_at)(unsigned, Device*) = nullptr;
  Answer (*device_at_address)(const char*, Device*) = nullptr;
  Answer (*name)(Device, char*, unsigned) = nullptr;
  Answer (*uuid)(Device, char*, unsigned) = nullptr;
  Answer (*vbios)(Device, char*, unsigned) = nullptr;
  Answer (*pci_info)(Device, PciInfo*) = nullptr;
  Answer (*capability)(Device, int*, int*) = nullptr;
  Answer (*clock)(Device, ClockOf, unsigned*) = nullptr;
  Answer (*highest_clock)(Device, ClockOf, unsigned*) = nullptr;
  Answer (*application_clock)(Device, ClockOf, unsigned*) = nullptr;
  Answer (*clock_reasons)(Device, unsigned long long*) = nullptr;
  Answer (*power)(Device, unsigned*) = nullptr;
  Answer (*power_limit)(Device, unsigned*) = nullptr;
  Answer (*energy)(Device, unsigned long long*) = nullptr;
  Answer (*temperature)(Device, int, unsigned*) = nullptr;
  Answer (*field_values)(Device, int, FieldAsked*) = nullptr;
  Answer (*pcie_generation)(Device, unsigned*) = nullptr;
  Answer (*pcie_lanes)(Device, unsigned*) = nullptr;
  Answer (*pcie_replays)(Device, unsigned*) = nullptr;
  Answer (*link_state)(Device, unsigned, int*) = nullptr;
  Answer (*link_errors)(Device, unsigned, int, unsigned long long*) = nullptr;
  Answer (*ecc_mode)(Device, int*, int*) = nullptr;
  Answer (*ecc_errors)(Device, ErrorKind, CountSince, unsigned long long*) = nullptr;
  Answer (*mig_mode)(Device, unsigned*, unsigned*) = nullptr;
  Answer (*memory)(Device, MemoryInUse*) = nullptr;
  Answer (*memory_with_reserve)(Device, MemoryWithReserve*) = nullptr;
  Answer (*memory_bus_bits)(Device, unsigned*) = nullptr;
  Answer (*processes)(Device, unsigned*, ProcessOnGpu*) = nullptr;
  Answer (*make_event_set)(EventSet*) = nullptr;
  Answer (*register_events)(Device, unsigned long long, EventSet) = nullptr;
  Answer (*wait_for_event)(EventSet, XidNews*, unsigned) = nullptr;
  Answer (*free_event_set)(EventSet) = nullptr;
};

}  // namespace shortfall::nvml

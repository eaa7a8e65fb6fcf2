// What the job runs on, as plain values: what was found, what was set, what the datasheet promises.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/dtype.hpp"
#include "core/units.hpp"

namespace shortfall {

struct Cache {
  int level = 1;
  Bytes size;      // of one instance
  int shared = 1;  // logical CPUs that share an instance
  friend bool operator==(const Cache&, const Cache&) = default;
};

struct Cpu {
  std::string model;     // as /proc/cpuinfo says, or the name that belongs to its numbers
  std::string vendor;    // "GenuineIntel", "AuthenticAMD"; of Arm cores the implementer: "0x41"
  int family = 0;        // x86 alone
  int model_number = 0;  // x86: within the family; Arm: the part
  // The widest level that rates follow from: "avx512", "avx2" (with FMA), "avx", "sse2", "sve",
  // "neon", "generic".
  std::string isa;
  std::vector<std::string> features;  // what else changes the rates: "avx512_vnni", "amx_int8"
  int sockets = 1, cores = 1, threads = 1, numa_nodes = 1;  // of the host; cores are physical
  Frequency nominal_clock;                                  // zero = unknown
  std::string nominal_clock_source;                         // where it was read; "" = unknown
  std::vector<Cache> caches;  // data and unified ones, smallest level first
  friend bool operator==(const Cpu&, const Cpu&) = default;
};

// Operations that one core retires each cycle in one type (multiply-add = 2), by its ISA.
struct OpsPerCycle {
  DType type;
  double value;
  std::string source;  // "avx512, 2 units of 512 bits"
  friend bool operator==(const OpsPerCycle&, const OpsPerCycle&) = default;
};

struct PciDevice {  // a GPU or an RDMA device that is plugged in, usable or not
  enum class Kind { gpu, rdma };
  Kind kind;
  std::string address;  // 0000:17:00.0; the device's name where it is not on PCI: "rxe0"
  std::string vendor;   // "NVIDIA", "AMD", or the number; "software" where it is not on PCI
  friend bool operator==(const PciDevice&, const PciDevice&) = default;
};

struct Host {
  std::string name;
  int ranks = 0;
  Cpu cpu;
  std::vector<OpsPerCycle> ops_per_cycle;
  Bytes memory;            // installed, or the container's limit
  Bytes memory_available;  // at the start
  std::vector<PciDevice> devices;
  std::string kernel;      // uname -sr
  std::string hypervisor;  // "" = none seen
  friend bool operator==(const Host&, const Host&) = default;
};

struct Binding {  // of one rank
  int rank = 0;
  std::string host;
  std::string found;       // CPU list as the launcher left it: "0-1"
  std::string set;         // CPU list now
  std::string by;          // "launcher", "shortfall", "nobody" (and why)
  int cpus = 1;            // in `set`
  bool is_shared = false;  // more ranks than CPUs on this host
};

struct Datasheet {  // of one rank: its CPUs or its GPU. Absent figures are unknown, never zero.
  std::string name;
  std::string source;  // "derived: cores x ops/cycle x nominal clock"
  std::vector<std::pair<DType, Throughput>> peak;
  std::optional<Bandwidth> memory;
};

struct Machine {
  std::vector<Host> hosts;
  std::vector<Binding> bindings;
  std::vector<std::pair<std::string, std::string>> environment;  // rank 0's, of an allow-list
  Datasheet datasheet;                                           // of rank 0
};

}  // namespace shortfall

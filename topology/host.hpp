// One host of the job, as plain values. What cannot be read is empty, zero or nothing, never a
// guess.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/dtype.hpp"
#include "topology/gpu.hpp"
#include "topology/nic.hpp"

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
  Frequency highest_clock;    // as the governor may choose; zero = unknown
  std::string governor;       // "performance", "schedutil"; several with commas; "" = unknown
  std::string smt;            // "on", "off", "notsupported"; "" = unknown
  std::string microcode;      // "" = unknown
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

struct NumaNode {
  int number = 0;
  std::string cpus;            // "0-31,64-95"; "" = none: memory of a GPU, CXL
  Bytes memory;                // zero = unknown
  std::vector<int> distances;  // to every node in their order; 10 = local
  friend bool operator==(const NumaNode&, const NumaNode&) = default;
};

struct HugePages {
  Bytes size;
  std::int64_t total = 0, free = 0;  // of the host
  friend bool operator==(const HugePages&, const HugePages&) = default;
};

// What a container or an administrator allows, which a program meets only as a failure.
struct Limits {
  std::optional<double> cpus;               // of the control group: 3.5 = that much time per second
  std::optional<Bytes> memory;              // of the control group
  std::string locked_memory;                // "unlimited", or bytes: RDMA needs much; "" = unknown
  std::optional<bool> locks_without_limit;  // a privilege (CAP_IPC_LOCK) lifts that limit
  std::optional<Bytes> shared_memory;       // size of /dev/shm
  std::optional<Bytes> shared_memory_free;
  std::vector<HugePages> huge_pages;
  std::string transparent_huge_pages;  // "always", "madvise", "never"; "" = unknown
  std::string container;               // "docker", "podman", "lxc", ...; "" = none seen
  friend bool operator==(const Limits&, const Limits&) = default;
};

struct System {
  std::string distribution;  // "Debian GNU/Linux 12 (bookworm)"; "" = unknown
  std::string kernel;        // uname -sr
  std::string hypervisor;    // "" = none seen
  std::string iommu;  // of the kernel's command line: "intel_iommu=on iommu=pt"; "" = nothing said
  std::optional<bool> is_translated;  // whether the kernel uses an IOMMU now
  std::string nvidia_module;          // of NVIDIA's driver: "open", "proprietary"; "" = unknown
  // Of drivers and libraries: {"nvidia", "570.86.10"}, {"Open MPI", "4.1.4"}; sorted by name.
  std::vector<std::pair<std::string, std::string>> versions;
  friend bool operator==(const System&, const System&) = default;
};

// Of another job or user, seen when the host was surveyed.
struct OtherProcess {
  int pid = 0;
  std::string name;               // as the kernel says: 15 characters
  bool is_running = false;        // on a CPU at that moment
  Bytes memory;                   // resident
  std::vector<std::string> gpus;  // device files it has open: "/dev/nvidia0"
  friend bool operator==(const OtherProcess&, const OtherProcess&) = default;
};

using Variables = std::vector<std::pair<std::string, std::string>>;  // sorted by name

struct Host {
  std::string name;
  int ranks = 0;
  Cpu cpu;
  std::vector<OpsPerCycle> ops_per_cycle;
  Bytes memory;            // installed, or the container's limit
  Bytes memory_available;  // at the start
  std::vector<NumaNode> numa;
  std::vector<Gpu> gpus;  // in the order of their addresses
  std::vector<Nic> nics;  // RDMA devices first, in the order of their names
  Limits limits;
  System os;
  std::vector<OtherProcess> others;  // that hold a GPU, much memory or a CPU
  Variables environment;             // of its lowest rank, of an allow-list
  // What the survey was not permitted to read, and what was answered: why a figure is unknown.
  std::vector<std::pair<std::string, std::string>> unread;
  friend bool operator==(const Host&, const Host&) = default;
};

}  // namespace shortfall

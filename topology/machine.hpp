// What the job runs on, as plain values: what was found, what was set, what the datasheet promises.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "topology/host.hpp"

namespace shortfall {

struct Binding {  // of one rank
  int rank = 0;
  std::string host;
  std::string found;       // CPU list as the launcher left it: "0-1"
  std::string set;         // CPU list now
  std::string by;          // "launcher", "shortfall", "nobody" (and why)
  int cpus = 1;            // in `set`
  bool is_shared = false;  // more ranks than CPUs on this host
  std::string gpu;         // address of the GPU that the rank uses; "" = none
  std::string cores;       // that `set` belongs to, each by its first CPU; "" = not told
  friend bool operator==(const Binding&, const Binding&) = default;
};

struct Datasheet {  // of one rank: its CPUs or its GPU. Absent figures are unknown, never zero.
  std::string name;
  std::string source;      // "derived: cores x ops/cycle x nominal clock"
  std::string confidence;  // "high", "medium", "low"; "derived" = by formula; "" = unknown
  std::vector<std::pair<DType, Throughput>> peak;  // dense
  // Of types that this program does not multiply: "fp6".
  std::vector<std::pair<std::string, Throughput>> further_peak = {};
  std::optional<Bandwidth> memory;  // of the GPU; of the whole host, since its ranks share it
  // Of a GPU: that peaks on tensor units are counted with, and all others.
  std::optional<Frequency> tensor_clock = {}, clock = {};
};

struct GpuDatasheet {
  std::string gpu;  // as the device is named
  Datasheet datasheet;
};

// A link of the first host of each class, and what it promises in one direction.
struct Link {
  enum class Kind { pcie, nvlink, infiniband, ethernet, path };
  Kind kind = Kind::pcie;
  std::string host;
  std::string from, to;                   // devices by name or address; "host", "network"
  Distance distance = Distance::unknown;  // of a path between two devices
  std::optional<Bandwidth> raw;           // lanes x rate, less the line code
  std::optional<Bandwidth> payload;  // less headers, at the MTU or payload size that `source` names
  std::string source;                // how it was computed; "" = unknown
};

// An attribute in which a host differs from the others of its class.
struct Drift {
  enum class Kind {
    differs,
    less,
    missing,
    degraded
  };                            // less of cores or memory; fewer devices;
                                // a slower link
  std::string attribute;        // "os.kernel", "gpus[0000:17:00.0].slot.loaded"
  std::string host;             // that has this value
  std::string value, majority;  // majority "" = a tie: no value is on more than half of the hosts
  int sharing = 0;              // hosts with this value
  int hosts = 0;                // of the class, that have the attribute
  int differing = 0;            // of them, those that are not of the majority; at a tie all
  Kind kind = Kind::differs;
  std::string device;  // "0000:17:00.0", "mlx5_0"; several with commas; "" = the host
};

// What a counter of a device or of the kernel gained from the start to the end of the run.
struct CounterChange {
  // Only what grew has a difference. What restarted (it was reset, or ran over) has gained at least
  // what it shows now. What appeared or vanished in between (a device, or the right to read it) has
  // no change that could be told: zero.
  enum class Kind { grew, restarted, appeared, vanished };
  std::string host, device, name;  // "node01", "mlx5_0/1", "symbol_error"
  Kind kind = Kind::grew;
  std::uint64_t change = 0;
  bool is_error = false;  // growing is a fault, not traffic
  friend bool operator==(const CounterChange&, const CounterChange&) = default;
};

struct Machine {
  std::vector<Host> hosts;
  std::vector<Binding> bindings;
  std::vector<Link> links;
  std::vector<Drift> drift;
  std::vector<CounterChange> counters;
  Variables environment;                     // rank 0's, of an allow-list
  Datasheet datasheet;                       // of rank 0
  std::vector<GpuDatasheet> gpu_datasheets;  // of every kind of GPU in the job
};

}  // namespace shortfall

// Which CPUs this rank may run on: what the launcher left, and what is set where it left
// everything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "backends/world.hpp"

namespace shortfall {

struct Bound {
  std::string found = {};      // CPU list as the launcher left it: "0-3,8"
  std::string set = {};        // CPU list now
  std::string by = {};         // "launcher", "shortfall", "nobody: why"
  int cpus = 1;                // in `set`
  int cores = 1;               // that they belong to
  bool is_shared = false;      // this host has more ranks than cores for them
  std::string core_list = {};  // those cores, each by its first CPU: "0-3"
};

// Binds the calling thread and those that it will start: to be called before MPI and the libraries
// start theirs. Where the launcher bound nothing, each rank gets its share of whole cores; a
// refusal of the system is told in `by`. `root` is where /sys and /proc are looked for.
Bound bind_rank(const std::optional<Launched>& launched, const std::filesystem::path& root = "/");

// Ranks that spin while they share a core hold each other up a thousandfold; Open MPI yields only
// where mpirun noticed. To be called before MPI starts. Returns "VARIABLE=value" for the report, or
// nothing if nothing was set.
std::string yield_when_shared(const Bound& bound);

// Of bind_rank(), the parts that only think.

struct LogicalCpu {
  int number = 0;
  int numa_node = 0;
  int package = 0;
  int core = 0;           // unique in a die, not in the machine
  int first_sibling = 0;  // the lowest CPU of the same core: unique
};

// What this container may use at all: online and not withheld by its cgroup. Empty if /sys does not
// say.
std::vector<LogicalCpu> usable_cpus(const std::filesystem::path& root);

struct BindingPlan {
  std::vector<int> cpus;
  std::string by;
  int cores = 1;
  bool is_shared = false;
  bool is_change = false;  // must be set
};

// `mask` is where this rank may run now.
BindingPlan plan_binding(std::vector<LogicalCpu> usable, const std::vector<int>& mask,
                         int local_rank, int local_size);

}  // namespace shortfall

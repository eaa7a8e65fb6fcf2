// How the machine is doing while it is measured: what its counters say. Never asked on a timed
// path.
#pragma once

#include <optional>

#include "core/units.hpp"

namespace shortfall {

// Of the process that asks. Times count up from an unknown start: differences tell.
struct RankCounters {
  Seconds used;                   // of processors, by all its threads
  std::optional<Seconds> waited;  // the calling thread was ready to run and no CPU was free
};

// Of the host, whoever uses it. What cannot be read is absent.
struct HostCounters {
  struct Processors {
    int count = 0;
    Seconds busy;    // all CPUs together, by whomever
    Seconds stolen;  // the hypervisor gave to other virtual machines
  };
  std::optional<Processors> processors;
  std::optional<Joules> energy;              // of processors and memory, counted up
  std::optional<double> temperature_c = {};  // of the hottest processor
};

class VitalSigns {
 public:
  virtual ~VitalSigns() = default;
  virtual Frequency clock() = 0;  // of this rank's core at this moment; takes 0.1 to 1 ms
  virtual RankCounters of_rank() = 0;
  virtual HostCounters of_host() = 0;  // reads many files: for one rank of each host
};

}  // namespace shortfall

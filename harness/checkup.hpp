// Asks for the vital signs around a case and makes one picture of what all ranks saw.
#pragma once

#include <span>

#include "backends/vitals.hpp"
#include "backends/world.hpp"
#include "harness/vitals.hpp"

namespace shortfall {

// What one rank saw during a case; not-a-number is unknown. Sent between ranks as it is.
struct Signs {
  double clock_before, clock_after;  // Hz
  double elapsed, used, waited;      // s, of this rank
  // Of its host; of the lowest rank there alone.
  double cpus, busy, stolen;  // s
  double energy, temperature;
};

// A case is disturbed from here on.
inline constexpr double much_load = 0.10;     // of a host's CPU time by others
inline constexpr double much_steal = 0.05;    // of a host's CPU time
inline constexpr double much_waiting = 0.10;  // of a rank's time, for a CPU
inline constexpr double much_slower = 0.10;   // a core's clock than before the case
// Kernels count CPU time in steps of 10 ms: shares of less CPU time than this are not told.
inline constexpr Seconds least_cpu_time{0.4};

struct Diagnosis {
  Vitals vitals;
  std::optional<Joules> energy;  // of all hosts; nothing if one is unknown
};

// `all` by rank, `hosts` the name of each rank's.
Diagnosis diagnose(std::span<const Signs> all, const std::vector<std::string>& hosts);

class Checkup {
 public:
  // Without `signs` (nobody can tell) every figure is unknown.
  Checkup(World& job, VitalSigns* signs);
  void before();         // the clock, then the counters
  void after();          // the counters, then the clock
  Diagnosis diagnose();  // collective over the job

 private:
  void read(Signs& into);

  World& job_;
  VitalSigns* signs_;
  std::vector<std::string> hosts_;
  bool speaks_for_host_;
  Signs begin_, end_;
};

}  // namespace shortfall

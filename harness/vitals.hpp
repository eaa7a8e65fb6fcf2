// How the machine was doing while a case was measured, and whether somebody else disturbed it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct AtRank {  // the worst, and where: for figures of a host, the lowest rank there
  double value = 0;
  int rank = 0;
  std::string host;
};

struct ClockOfCase {        // of cores, just before the first and just after the last sample
  Frequency before, after;  // medians over ranks
  AtRank slowest;           // of all readings, Hz
  AtRank fall;              // 1 - after / before of the rank whose clock fell most
};

// What is unknown is absent: the machine does not say, or the case was too short to tell.
struct Vitals {
  std::optional<ClockOfCase> clock;
  std::optional<AtRank> cpu_wait_share;    // of its time a rank was ready and waited for a CPU
  std::optional<AtRank> other_load_share;  // of a host's CPU time, by processes not of this job
  std::optional<AtRank> steal_share;       // of a host's CPU time, by other virtual machines
  std::optional<AtRank> temperature_c;     // of the hottest processor, afterwards
  std::optional<double> power_w;           // all hosts together; absent if one is unknown
  bool is_disturbed = false;
  std::optional<std::string> reason;         // in words, of the worst
  std::vector<std::string> disturbed_hosts;  // at most 64
};

}  // namespace shortfall

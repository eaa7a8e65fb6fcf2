// A training run made as small as the ranks at hand need it, so that it can be executed there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/system/system.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// What there is for it.
struct Room {
  std::int64_t ranks = 1;
  Bytes memory;         // of one rank, free
  Seconds step;         // the longest that is wanted
  Precision precision;  // that the device multiplies
  bool has_fused_attention = false;
  bool overlaps = false;  // exchanges run beside products
};

struct FittedRun {
  TrainingRun run;
  double factor = 1;                 // FLOP of one rank's step here over those of the run as told
  std::vector<std::string> changes;  // sentences; empty: as told
};

// One stage on all ranks: as many tensor-parallel ranks as the run has if they divide the ranks at
// hand, else the most that do; experts likewise; the rest is data-parallel. What then takes too
// much memory (of all buffers of its Routine) or time is scaled down, in this order: batch, layers,
// sequence, vocabulary, experts, width. Throws BadUsage if nothing is small enough.
FittedRun fitted(const TrainingRun& told, const Room& room, const SystemModel& system);

}  // namespace shortfall

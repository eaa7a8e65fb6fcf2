// Whether a training run fits into the memory of its devices.
#pragma once

#include <optional>

#include "model/training/check_run.hpp"
#include "model/training/training_run.hpp"

namespace shortfall {

// Where sharding or recomputation was not told and its default does not fit, the optimizer is
// sharded, small pieces or everything recomputed, and `run.assumed` says so. What was told stays. A
// Fault if not even full recomputation fits, by more than 10 %: what a device must hold is known no
// better. `memory` is that of one device; zero = unknown, and nothing is refused.
std::optional<Fault> make_room(TrainingRun& run, Bytes memory);

}  // namespace shortfall

// What is done with parameters and their gradients, by the ranks that hold the same ones.
#pragma once

#include "model/training/step_list.hpp"

namespace shortfall {

// Of each micro-batch: parameters that are sharded are gathered before they are used; gradients are
// added up, and reduced before that where they are sharded.
void gather_parameters(StepList& list, const StageRank& rank, const HeldParameters& held,
                       StepPhase phase);
void collect_gradients(StepList& list, const StageRank& rank, const HeldParameters& held);

// Once: reductions, the optimizer, and what makes its result known.
void finish_step(StepList& list, const StageRank& rank, const HeldParameters& held);

}  // namespace shortfall

// The Steps of a fitted run in the order in which every rank does them: what is executed, and what
// the model prices of it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/routine.hpp"
#include "model/training/step.hpp"

namespace shortfall {

struct StepRoutine {
  Routine routine;
  std::vector<Step> steps;  // [i] is routine.operations[i]; `times` as the order has it
};

// One training step: for each micro-batch forward and backward, with what is computed again before
// the backward pass of each layer; gradients and parameters are exchanged where they are ready or
// needed; then the optimizer. What is done a fraction of a time is spread evenly. Throws BadUsage
// if the run has several stages, splits its sequences, or groups of ranks that have no name.
StepRoutine training_routine(const TrainingRun& fitted);

// One more token of each of the sequences of a step, after `context` others whose keys and values
// are kept. Nothing is learnt.
StepRoutine decode_routine(const TrainingRun& fitted, std::int64_t context);

// All buffers of all its operations on one rank, each of which has its own.
Bytes memory_of(const StepRoutine& routine);

}  // namespace shortfall

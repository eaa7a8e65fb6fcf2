// A Routine as it grows.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "model/proxy/routine.hpp"
#include "model/training/stage_rank.hpp"

namespace shortfall {

// A Step that will be done: once or several times, or every second time.
struct PlannedStep {
  Step step;
  std::optional<std::uint32_t> index = std::nullopt;  // in the Routine, once it was done
};
using PlannedSteps = std::vector<PlannedStep>;

class RoutineList {
 public:
  // `phase`: of all of its operations; empty: that of each Step.
  RoutineList(const StageRank& rank, std::string phase);

  // Each `times` times. What adds up to less than one is done as soon as it is half of one.
  void perform(PlannedSteps& steps);

  StepRoutine take() &&;

 private:
  std::uint32_t index_of(const Step& step);

  const StageRank& rank_;
  std::string phase_;
  StepRoutine list_;
  std::vector<double> owed_;  // of each operation
};

}  // namespace shortfall

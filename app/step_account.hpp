// The account of a workload: predicted before its steps are executed, drawn up afterwards.
#pragma once

#include <optional>

#include "app/workload.hpp"
#include "diagnosis/shortfall.hpp"

namespace shortfall {

class StepAccount {  // on rank 0
 public:
  StepAccount(const WorkloadPlan& plan, Datasheets sheets)
      : plan_(plan), sheets_(std::move(sheets)) {}

  // Before anything is executed, from what was measured so far. The first call counts.
  void predict(const Report& so_far);

  // With what operations took in turn with the steps, where they were measured so. Nothing before
  // predict().
  std::optional<Shortfall> drawn_up(const Report& so_far) const;

 private:
  PredictedStep predicted_from(const Report& report) const;

  const WorkloadPlan& plan_;
  Datasheets sheets_;
  std::optional<Seconds> before_;  // predicted before anything was executed
};

}  // namespace shortfall

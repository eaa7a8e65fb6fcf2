// The training run that `run` measures for: fitted to the ranks at hand, and taken apart into what
// is measured for it first and what is executed then.
#pragma once

#include <string>
#include <vector>

#include "app/options.hpp"
#include "backends/backend.hpp"
#include "harness/benchmark.hpp"
#include "harness/plan.hpp"
#include "model/proxy/fit.hpp"
#include "model/proxy/price.hpp"
#include "report/report.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

struct WorkloadPlan {
  std::string name;
  TrainingRun told;
  FittedRun fitted;
  StepRoutine training, decode;
  std::int64_t context = 0;  // tokens before the one that is decoded
  Bytes memory;              // of one rank, that the operands of a routine may take
  // What the two depend on, the heaviest first; then by one rank or group alone what tells how much
  // they take from one another.
  std::vector<Case> first;
};

// The workload that was named; else the one that is usual on such a device, where everything is
// measured or a step is asked for; "" = none. Throws BadUsage where --set names it.
std::string workload_wanted(const RunOptions& options, bool on_host);

// Whether a step is asked for by name: benchmark or suite.
bool asks_for_steps(const Request& request);

struct Here {
  const Datasheets& sheets;
  const Backend& communicates;
};

// On rank 0; `begun` tells of ranks and hosts. Throws BadUsage for what is no workload, or cannot
// be fitted to these ranks.
WorkloadPlan plan_workload(const std::string& name, const RunOptions& options, const Report& begun,
                           const Here& here);

// Measured before everything else, and each once: what the prediction depends on, then the steps
// themselves.
void put_first(Plan& plan, const WorkloadPlan& workload, const std::vector<Benchmark>& all);

// The two routines, for the other ranks; and what they make of them.
std::string encode(const WorkloadPlan& workload);
void give_routines(std::vector<Benchmark>& benchmarks, const std::string& encoded);

}  // namespace shortfall

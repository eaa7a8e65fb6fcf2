// A routine whose every operation was measured: the model's parts are what was measured of them.
#include <gtest/gtest.h>

#include "diagnosis/measured_system.hpp"
#include "harness/step_case.hpp"
#include "model/prediction.hpp"
#include "model/proxy/fit.hpp"
#include "model/proxy/price.hpp"
#include "model/workloads/workloads.hpp"
#include "tests/unit/report_of_steps.hpp"

namespace shortfall {
namespace {

// Whatever it takes: no two operations are alike.
Seconds time_of_case(const Case& one) {
  return {1e-4 * (1 + static_cast<double>(std::hash<std::string>{}(one.key()) % 1000) / 100)};
}

void expect_parts_as_measured(const std::string& workload, int hosts, int per_host) {
  TrainingRun told = workload_named(workload);
  ReportOfSteps made_up({.hosts = hosts, .per_host = per_host});
  const Room room{
      .ranks = hosts * per_host, .memory = {4e9}, .step = {2}, .precision = Precision::fp32};
  const FittedRun fit = fitted(told, room, expected_system(made_up.report(), told, built_in()));
  const StepRoutine routine = training_routine(fit.run);
  const std::vector<int> times = counts(routine.routine);
  std::map<std::string, Seconds> expected;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const RoutineOperation& operation = routine.routine.operations[i];
    const Case one = step_case(operation);
    std::vector<Params::Entry> params(one.params.begin(), one.params.end());
    made_up.add(one.benchmark, Suite::workload, params, time_of_case(one), {});
    Seconds& part = expected[part_of(operation)];
    part = part + time_of_case(one) * times[i];
  }
  TrainingRun run = fit.run;
  const SystemModel system = system_of_this_run(made_up.report(), run, built_in());
  for (const PartPrice& part : price_of(routine, fit.run, system)) {
    EXPECT_NEAR(part.time / expected[part.phase + "." + part.part], 1, 1e-4)
        << workload << ' ' << part.phase << '.' << part.part;
  }
}

TEST(RoutineOnMeasured, HasPartsThatTakeWhatWasMeasured) {
  for (const char* const workload : {"gpt2-124m", "llama3-8b", "mixtral-8x7b"}) {
    expect_parts_as_measured(workload, 1, 1);
    expect_parts_as_measured(workload, 1, 2);
    expect_parts_as_measured(workload, 2, 2);
    expect_parts_as_measured(workload, 4, 1);
  }
}

}  // namespace
}  // namespace shortfall

#include "model/proxy/price.hpp"

#include <algorithm>

#include "model/prediction.hpp"
#include "model/step_time/micro_batch.hpp"
#include "model/step_time/step_costs.hpp"

namespace shortfall {
namespace {

struct Price {
  Seconds device, host;
};

// As often as it is done.
Price price_of(const Step& step, const TrainingRun& run, const SystemModel& system) {
  PassCost cost;
  add(cost, step, step.times, run, system);
  return {cost.products + cost.memory + cost.tensor + cost.context + cost.experts +
              cost.parameters + cost.pipeline,
          cost.dispatch};
}

bool is_decode(const StepRoutine& routine) {
  return std::ranges::any_of(routine.routine.operations,
                             [](const auto& each) { return each.phase == "decode"; });
}

// What devices wait for their hosts: of a training step as the model has it, pass by pass.
Seconds waiting_for_hosts(const StepRoutine& routine, const TrainingRun& run,
                          const SystemModel& system) {
  if (is_decode(routine)) {
    Price all;
    for (const Step& step : routine.steps) {
      const Price one = price_of(step, run, system);
      all = {all.device + one.device, all.host + one.host};
    }
    return waiting_for(all.host, all.device);
  }
  const Costs costs = costs_of(run, system);
  const Reality reality = reality_of(run, system);
  constexpr int before = static_cast<int>(Loss::dispatch);
  return step_time(costs, reality, before + 1) - step_time(costs, reality, before);
}

PartPrice& part_of(std::vector<PartPrice>& all, const RoutineOperation& operation) {
  const auto known = std::ranges::find_if(all, [&](const PartPrice& part) {
    return part.phase == operation.phase && part.part == operation.part;
  });
  if (known != all.end()) return *known;
  return all.emplace_back(PartPrice{operation.phase, operation.part, {}});
}

Seconds sum_of(const std::vector<PartPrice>& parts) {
  Seconds sum;
  for (const PartPrice& part : parts) sum = sum + part.time;
  return sum;
}

}  // namespace

std::vector<PartPrice> price_of(const StepRoutine& routine, const TrainingRun& run,
                                const SystemModel& system) {
  std::vector<PartPrice> all;
  for (std::size_t i = 0; i < routine.steps.size(); ++i) {
    PartPrice& part = part_of(all, routine.routine.operations[i]);
    part.time = part.time + price_of(routine.steps[i], run, system).device;
  }
  const Seconds waiting = waiting_for_hosts(routine, run, system);
  if (waiting > Seconds{}) all.push_back({"all", "dispatch", waiting});
  return all;
}

Seconds decode_time(const StepRoutine& decode, const TrainingRun& run, const SystemModel& system) {
  const Reality reality = reality_of(run, system);
  const Seconds time = sum_of(price_of(decode, run, system));
  Seconds exchanging;
  for (const Step& step : decode.steps) {
    if (is_between_ranks(step.operation))
      exchanging = exchanging + price_of(step, run, system).device;
  }
  return time + (reality.waits_in_computing ? time - exchanging : time) * reality.waiting;
}

std::vector<RoutineRequest> requests(const StepRoutine& routine, const TrainingRun& run,
                                     const SystemModel& system, double least) {
  std::vector<RoutineRequest> all;
  const Seconds whole = sum_of(price_of(routine, run, system));
  for (std::size_t i = 0; i < routine.steps.size(); ++i) {
    const RoutineOperation& each = routine.routine.operations[i];
    const double weight = price_of(routine.steps[i], run, system).device / whole;
    const auto same = std::ranges::find_if(all, [&](const RoutineRequest& request) {
      return request.operation == each.operation && request.group == each.group;
    });
    if (same != all.end()) {
      same->weight += weight;
    } else {
      all.push_back({each.operation, each.group, weight});
    }
  }
  std::erase_if(all, [&](const RoutineRequest& request) { return request.weight <= least; });
  std::ranges::stable_sort(all, std::greater{}, &RoutineRequest::weight);
  return all;
}

}  // namespace shortfall

#include "model/step_time/assembly.hpp"

#include <algorithm>

#include "model/step_time/micro_batch.hpp"

namespace shortfall {
namespace {

// Stages that wait for the first and the last micro-batch, in micro-batches.
double bubble_of(const TrainingRun& run) {
  const auto stages = static_cast<double>(run.split.pipeline);
  const auto chunks = static_cast<double>(std::max<std::int64_t>(run.split.chunks, 1));
  switch (run.schedule) {
    case Schedule::zero_bubble:
      return 0;
    case Schedule::dual_pipe:  // DeepSeek-V3, table 2: (p/2 - 1) (F&B + B - 3 W), of which F = 1/3
      return (stages / 2 - 1) / 3;
    case Schedule::one_f_one_b:
    case Schedule::interleaved:
      break;
  }
  return (stages - 1) / chunks;
}

struct Pipeline {
  Seconds mean, most;           // of one micro-batch, over stages
  Seconds parameters;           // waiting for these, of the stage that waits most
  Seconds optimizer, exchange;  // at the end of a step, of the stage that takes longest
  Seconds outer;
};

Seconds exchange_of(const StageCost& cost, const MicroBatchTime& micro_batch,
                    const TrainingRun& run) {
  if (!run.software.hides_data_exchange) return cost.reduce + cost.gather;
  return outlasting(cost.reduce, micro_batch.backward(), cost.layer_count) +
         outlasting(cost.gather, micro_batch.forward(), cost.layer_count);
}

Pipeline pipeline_of(const Costs& costs, const Reality& reality, int until) {
  Pipeline all;
  double stages = 0;
  for (const StageKind& kind : costs.stages) {
    const MicroBatchTime micro_batch(kind.cost, reality, until);
    const Seconds time = micro_batch.time();
    all.mean = all.mean + time * kind.stages;
    all.most = std::max(all.most, time);
    all.parameters = std::max(all.parameters, micro_batch.waiting_for_parameters());
    all.optimizer = std::max(all.optimizer, kind.cost.optimizer);
    all.exchange = std::max(all.exchange, exchange_of(kind.cost, micro_batch, *reality.run));
    all.outer = std::max(all.outer, kind.cost.outer);
    stages += kind.stages;
  }
  all.mean = all.mean / stages;
  return all;
}

}  // namespace

Seconds step_time(const Costs& costs, const Reality& reality, int until) {
  const auto has = [&](Loss loss) { return static_cast<int>(loss) < until; };
  if (!has(Loss::shapes)) {
    const double clock = has(Loss::clock) ? reality.clock : 1;
    const double best_shape = has(Loss::best_shape) ? reality.best_shape : 1;
    const double contention = has(Loss::contention) ? reality.contention : 1;
    const double waiting = has(Loss::slowest_class) ? reality.mean_peak : 1;
    return reality.arithmetic * (waiting / (clock * best_shape * contention));
  }
  const Pipeline all = pipeline_of(costs, reality, until);
  const Seconds each = has(Loss::imbalance) ? all.most : all.mean;
  Seconds time = each * costs.micro_batches;
  if (has(Loss::bubble)) time = time + all.mean * bubble_of(*reality.run);
  if (has(Loss::memory)) time = time + all.optimizer;
  if (has(Loss::data)) time = time + all.exchange + all.parameters * costs.micro_batches;
  if (has(Loss::outer)) time = time + all.outer;
  if (has(Loss::stragglers)) {
    constexpr int before_exchanges = static_cast<int>(Loss::tensor);
    const Seconds late =
        reality.waits_in_computing ? step_time(costs, reality, before_exchanges) : time;
    time = time + late * reality.waiting;
  }
  return time;
}

}  // namespace shortfall

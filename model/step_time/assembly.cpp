#include "model/step_time/assembly.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

Seconds larger(Seconds a, Seconds b) { return std::max(a, b); }

// One micro-batch on one stage, with the losses before `until`.
class MicroBatch {
 public:
  MicroBatch(const StageCost& cost, const Reality& reality, int until)
      : cost_(cost), reality_(reality), until_(until) {}

  // What runs on the device, and what its host lets it wait.
  Seconds time() const {
    const Seconds device = pass(cost_.forward) + pass(cost_.backward) + again();
    return device + waiting_for_host(device) +
           (has(Loss::pipeline) ? cost_.forward.pipeline + cost_.backward.pipeline : Seconds{});
  }

  Seconds forward() const { return pass(cost_.forward); }
  Seconds backward() const { return pass(cost_.backward) + again(); }

  // Parameters and gradients that are exchanged beside each pass, as far as they outlast it.
  Seconds waiting_for_parameters() const {
    const Seconds beside_backward = cost_.backward.parameters + cost_.recompute.parameters;
    if (cost_.forward.parameters + beside_backward <= Seconds{}) return {};
    return outlasting(cost_.forward.parameters, forward()) +
           outlasting(beside_backward, backward());
  }

 private:
  bool has(Loss loss) const { return static_cast<int>(loss) < until_; }

  Seconds outlasting(Seconds exchange, Seconds beside) const {
    // The first layer's come before there is anything to do beside.
    const Seconds first = exchange / std::max(cost_.layers, 1.0);
    return larger(first, exchange - beside);
  }

  Seconds exchanges(const PassCost& pass) const {
    Seconds time;
    if (has(Loss::tensor)) time = time + exposed_tensor(pass);
    if (has(Loss::context)) {
      time = time + (pass.context - pass.hideable_context) +
             larger({}, pass.hideable_context - pass.attention);
    }
    if (has(Loss::experts)) time = time + pass.experts;
    if (has(Loss::interference)) time = time + moved_beside(pass) * reality_.interference;
    return time;
  }

  // Piece by piece beside the products that need it: the first piece is seen.
  Seconds exposed_tensor(const PassCost& pass) const {
    const auto pieces = static_cast<double>(reality_.run->split.tensor);
    const Seconds first = pass.hideable_tensor / pieces;
    return (pass.tensor - pass.hideable_tensor) + first +
           larger({}, pass.hideable_tensor - first - products_beside(pass));
  }
  static Seconds products_beside(const PassCost& pass) { return pass.products - pass.attention; }

  static Seconds moved_beside(const PassCost& pass) {
    return pass.hideable_tensor + pass.hideable_context + pass.parameters;
  }

  Seconds products(const PassCost& pass) const {
    if (!has(Loss::shapes)) return {};
    return pass.products - (has(Loss::recompute) ? Seconds{} : pass.beyond_model);
  }

  Seconds pass(const PassCost& pass) const {
    const Seconds memory = has(Loss::memory) ? pass.memory : Seconds{};
    return products(pass) + memory + exchanges(pass);
  }

  // Gathering again is an exchange and stays where that is.
  Seconds again() const {
    const PassCost& cost = cost_.recompute;
    const Seconds computed = has(Loss::recompute) ? cost.products + cost.memory : Seconds{};
    if (cost.products <= Seconds{}) return computed + gathered_again(cost);
    return computed + exchanges(cost);
  }

  // Beside the gradients of weights, which are half of the products of a backward pass.
  Seconds gathered_again(const PassCost& cost) const {
    if (!has(Loss::tensor)) return {};
    return larger({}, cost.tensor - products_beside(cost_.backward) / 2) +
           (has(Loss::context) ? cost.context : Seconds{});
  }

  // The queue of a device evens out what its host does too late only in part: where both take as
  // long, a step takes a quarter longer than either.
  Seconds waiting_for_host(Seconds device) const {
    if (!has(Loss::dispatch)) return {};
    const double host =
        (cost_.forward.dispatch + cost_.recompute.dispatch + cost_.backward.dispatch).value;
    if (host <= 0) return {};
    const double cubes = device.value * device.value * device.value + host * host * host;
    return Seconds{std::cbrt(cubes)} - device;
  }

  const StageCost& cost_;
  const Reality& reality_;
  int until_;
};

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

Seconds exchange_of(const StageCost& cost, const MicroBatch& micro_batch, const TrainingRun& run) {
  if (!run.software.hides_data_exchange) return cost.reduce + cost.gather;
  const double pieces = std::max(cost.layers, 1.0);
  return larger(cost.reduce / pieces, cost.reduce - micro_batch.backward()) +
         larger(cost.gather / pieces, cost.gather - micro_batch.forward());
}

Pipeline pipeline_of(const Costs& costs, const Reality& reality, int until) {
  Pipeline all;
  double stages = 0;
  for (const StageKind& kind : costs.stages) {
    const MicroBatch micro_batch(kind.cost, reality, until);
    const Seconds time = micro_batch.time();
    all.mean = all.mean + time * kind.stages;
    all.most = larger(all.most, time);
    all.parameters = larger(all.parameters, micro_batch.waiting_for_parameters());
    all.optimizer = larger(all.optimizer, kind.cost.optimizer);
    all.exchange = larger(all.exchange, exchange_of(kind.cost, micro_batch, *reality.run));
    all.outer = larger(all.outer, kind.cost.outer);
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
    const double waiting = has(Loss::slowest_class) ? reality.mean_peak : 1;
    return reality.arithmetic * (waiting / (clock * best_shape));
  }
  const Pipeline all = pipeline_of(costs, reality, until);
  const Seconds each = has(Loss::imbalance) ? all.most : all.mean;
  Seconds time = each * costs.micro_batches;
  if (has(Loss::bubble)) time = time + all.mean * bubble_of(*reality.run);
  if (has(Loss::memory)) time = time + all.optimizer;
  if (has(Loss::data)) time = time + all.exchange + all.parameters * costs.micro_batches;
  if (has(Loss::outer)) time = time + all.outer;
  if (has(Loss::stragglers)) time = time * (1 + reality.waiting);
  return time;
}

}  // namespace shortfall

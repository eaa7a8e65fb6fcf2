#include "model/step_time/step_costs.hpp"

#include <algorithm>

#include "core/overloaded.hpp"
#include "model/prices/attention_price.hpp"
#include "model/prices/exchange_price.hpp"
#include "model/prices/gemm_price.hpp"
#include "model/prices/pass_price.hpp"

namespace shortfall {
namespace {

// Operations that a host hands over, one after the other. Experts' products and what prepares
// them are not one kernel for all of them.
Seconds dispatch_of(const Step& step, double kernels, const SystemModel& system) {
  const DispatchModel& each = system.dispatch;
  return (step.phase == StepPhase::backward ? each.backward : each.forward) * kernels;
}

void add_gemm(PassCost& pass, const Step& step, double times, const Gemm& gemm,
              const SystemModel& system) {
  const Seconds time = price_of(gemm, step.precision, system.device) * times;
  pass.products = pass.products + time;
  const bool is_attention = step.part == StepPart::attention_core;
  if (is_attention) pass.attention = pass.attention + time;
  const double kernels = is_attention ? 1 : static_cast<double>(gemm.batch);
  pass.dispatch = pass.dispatch + dispatch_of(step, kernels, system) * times;
}

// The fused kernel multiplies queries and keys once more on its way back.
void add_attention(PassCost& pass, const Step& step, double times, const Attention& attention,
                   const TrainingRun& run, const SystemModel& system) {
  const Seconds time = price_of(attention, run.software.attention, system.device) * times;
  pass.products = pass.products + time;
  pass.attention = pass.attention + time;
  pass.dispatch = pass.dispatch + dispatch_of(step, 1, system) * times;
  const bool again = attention.direction == Attention::Direction::backward;
  const auto key = static_cast<double>(attention.key_dim),
             value = static_cast<double>(attention.value_dim);
  if (again) pass.beyond_model = pass.beyond_model + time * (key / (3 * key + 2 * value));
}

Seconds token_exchange(const Step& step, const Collective& collective, const TrainingRun& run,
                       const SystemModel& system) {
  const Experts& experts = *run.architecture.experts;
  const TokenRouting routing{static_cast<double>(experts.per_token),
                             static_cast<double>(experts.groups_per_token)};
  return price_of_tokens(collective.bytes, routing,
                         spread_of(step.axis, step.group, run.split, system), system);
}

// Between clusters: all links together carry what all ranks of a cluster send.
Seconds outer_exchange(const Step& step, const Collective& collective, const TrainingRun& run,
                       const SystemModel& system) {
  const double ranks = static_cast<double>(run.gpus / run.outer->clusters);
  const double sent = 2 * static_cast<double>(step.group - 1) / static_cast<double>(step.group);
  return collective.bytes * (sent * ranks) / system.between_clusters;
}

Seconds once(const Step& step, const TrainingRun& run, const SystemModel& system) {
  const Spread spread = spread_of(step.axis, step.group, run.split, system);
  if (const auto* const transfer = std::get_if<Transfer>(&step.operation)) {
    return price_of(*transfer, spread, system);
  }
  const auto& collective = std::get<Collective>(step.operation);
  if (step.axis == RankAxis::clusters) return outer_exchange(step, collective, run, system);
  if (step.part == StepPart::expert_exchange) return token_exchange(step, collective, run, system);
  return price_of(collective, spread, system);
}

// What was not kept is gathered again while gradients of weights are computed.
bool is_gathered_again(const Step& step, const TrainingRun& run) {
  return step.phase == StepPhase::recompute && run.recompute != Recompute::full;
}

bool is_hideable(const Step& step, const TrainingRun& run) {
  if (run.software.is_in_sequence) return false;
  switch (step.part) {
    case StepPart::tensor_exchange:
      return run.software.hides_tensor_exchange || is_gathered_again(step, run);
    case StepPart::context_exchange:
      return run.context_exchange == ContextExchange::ring;
    case StepPart::expert_exchange:
    case StepPart::pipeline_exchange:
      return false;
    default:
      return true;  // parameters
  }
}

const LinkModel& link_of(const Step& step, const TrainingRun& run, const SystemModel& system) {
  const Spread spread = spread_of(step.axis, step.group, run.split, system);
  return spread.domains() > 1 ? system.scale_out : system.scale_up;
}

void add_exchange(PassCost& pass, const Step& step, double times, const TrainingRun& run,
                  const SystemModel& system) {
  const Seconds time = once(step, run, system) * times;
  const Seconds hideable = is_hideable(step, run) ? time : Seconds{};
  pass.dispatch = pass.dispatch + dispatch_of(step, 1, system) * times;
  pass.slowed = pass.slowed + hideable * link_of(step, run, system).slows;
  switch (step.part) {
    case StepPart::tensor_exchange:
      pass.tensor = pass.tensor + time;
      pass.hideable_tensor = pass.hideable_tensor + hideable;
      return;
    case StepPart::context_exchange:
      pass.context = pass.context + time;
      pass.hideable_context = pass.hideable_context + hideable;
      return;
    case StepPart::expert_exchange:
      pass.experts = pass.experts + time;
      return;
    case StepPart::pipeline_exchange:
      pass.pipeline = pass.pipeline + time;
      return;
    default:
      pass.parameters = pass.parameters + time;
  }
}

}  // namespace

void add(PassCost& pass, const Step& step, double times, const TrainingRun& run,
         const SystemModel& system) {
  if (const auto* const gemm = std::get_if<Gemm>(&step.operation)) {
    return add_gemm(pass, step, times, *gemm, system);
  }
  if (const auto* const attention = std::get_if<Attention>(&step.operation)) {
    return add_attention(pass, step, times, *attention, run, system);
  }
  if (const auto* const memory = std::get_if<MemoryPass>(&step.operation)) {
    const PassPrice price = price_of(*memory, step.part, run, system);
    pass.memory = pass.memory + price.time * times;
    pass.dispatch = pass.dispatch + dispatch_of(step, price.kernels, system) * times;
    return;
  }
  add_exchange(pass, step, times, run, system);
}

Seconds exchange_time(const Step& step, const TrainingRun& run, const SystemModel& system) {
  return once(step, run, system) * step.times;
}

}  // namespace shortfall

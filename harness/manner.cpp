#include "harness/manner.hpp"

namespace shortfall {

Manner manner_of(const Operation& operation) {
  using Primary = Timing::Primary;
  Manner manner{.iterations_per_call = iterations_per_call(operation)};
  // Calls that need new input each time cannot run back to back.
  if (consumes_input(operation)) return {false, true, Primary::isolated, true, 1};
  if (const auto* const c = std::get_if<Collective>(&operation)) {
    manner.is_isolated = true;
    if (c->kind == Collective::Kind::barrier) manner.primary = Primary::isolated;
  }
  const auto* const t = std::get_if<Transfer>(&operation);
  if (t && t->kind == Transfer::Kind::ping_pong) {
    manner.is_isolated = true;
    manner.primary = Primary::isolated;
  }
  return manner;
}

Manner only_back_to_back(Manner manner) {
  if (!manner.is_back_to_back) return manner;
  manner.is_isolated = false;
  manner.primary = Timing::Primary::throughput;
  return manner;
}

}  // namespace shortfall

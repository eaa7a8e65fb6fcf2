#include "model/training/flops.hpp"

namespace shortfall {
namespace {

// Of one token and all layers, forward, each key once: queries with keys, and with values.
struct Core {
  double queries_keys = 0, values = 0;
};

Core core_of(const Architecture& a, std::int64_t seq_len) {
  const double heads = static_cast<double>(a.layers) * static_cast<double>(a.heads);
  const double keys = 2.0 * heads * static_cast<double>(seq_len);
  return {keys * static_cast<double>(key_dim(a)), keys * static_cast<double>(value_dim(a))};
}

}  // namespace

FlopsPerToken flops_per_token(const Architecture& a, std::int64_t seq_len, Recompute recompute) {
  const Parameters p = parameters(a);
  // An untied embedding is looked up, not multiplied.
  const double linear = 2 * (p.active - p.embedding);
  const double layers = linear - 2 * p.output;  // the output projection is never computed again
  const Core core = core_of(a, seq_len);
  const double full_core = core.queries_keys + core.values, causal_core = full_core / 2;
  const double again = recompute == Recompute::full         ? layers + causal_core
                       : recompute == Recompute::selective  ? causal_core
                       : recompute == Recompute::operations ? layers / 2
                                                            : 0;
  FlopsPerToken flops;
  flops.full = {3 * (linear + full_core)};
  flops.causal = {3 * (linear + causal_core)};
  flops.hardware = {flops.causal.value + again + core.queries_keys / 2};
  const double heads = static_cast<double>(a.layers) * static_cast<double>(a.heads * a.head_dim);
  const auto published = a.experts ? a.experts->published_active : std::nullopt;
  flops.palm = {6 * published.value_or(p.active) + 12 * heads * static_cast<double>(seq_len)};
  return flops;
}

FlopsByType flops_by_type(const Architecture& a, std::int64_t seq_len) {
  const Parameters p = parameters(a);
  const double routers = static_cast<double>(expert_layers(a)) * p.router;
  const Flops in_fp8{6 * (p.active - p.embedding - p.output - routers)};
  return {in_fp8, flops_per_token(a, seq_len, Recompute::none).causal - in_fp8};
}

}  // namespace shortfall

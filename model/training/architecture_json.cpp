#include "model/training/architecture_json.hpp"

#include "model/training/check_run.hpp"

namespace shortfall {
namespace {

Experts experts_from(const Node& node, const Architecture& a, Untold& untold) {
  const RunSection moe(node, "arch.moe.", untold,
                       {"dense_layers", "experts", "topk", "shared", "moe_ffn", "total_params",
                        "active_params", "imbalance", "groups_per_token"});
  Experts e;
  e.count = moe.needed("experts", most_experts);
  e.per_token = moe.needed("topk", most_experts);
  e.shared = moe.count_or("shared", 0, most_experts, 0);
  e.dense_layers = moe.count_or("dense_layers", 0, most_layers, 0);
  e.ffn = moe.count_or("moe_ffn", a.ffn, most_width);
  e.published_active = moe.figure("active_params", most_parameters);
  // DeepSeek's way of routing goes with its way of attention (arXiv 2412.19437, section 2.1.2).
  constexpr std::int64_t hosts_of_deepseek = 4;
  e.groups_per_token = a.latent ? moe.count_or("groups_per_token", hosts_of_deepseek, most_experts)
                                : moe.count("groups_per_token", most_experts).value_or(0);
  e.imbalance = moe.figure("imbalance").value_or(1);
  moe.figure("total_params", most_parameters);  // follows from the rest
  return e;
}

LatentAttention latent_from(const Node& node, Untold& untold) {
  const RunSection mla(node, "arch.mla.", untold, {"q_lora", "kv_lora", "qk_nope", "qk_rope", "v"});
  LatentAttention m;
  m.query_rank = mla.count_or("q_lora", 0, most_width, 0);
  m.key_value_rank = mla.needed("kv_lora", most_width);
  m.plain_dim = mla.needed("qk_nope", most_width);
  m.rotary_dim = mla.count_or("qk_rope", 0, most_width, 0);
  m.value_dim = mla.needed("v", most_width);
  return m;
}

std::int64_t head_dim_from(const RunSection& arch, const Architecture& a) {
  if (const auto told = arch.count("head_dim", most_width)) return *told;
  if (a.heads == 0) return 0;
  if (a.hidden % a.heads != 0) {
    arch["head_dim"].reject("a whole number, for heads = " + std::to_string(a.heads) +
                            " does not divide hidden = " + std::to_string(a.hidden));
  }
  return arch.count_or("head_dim", a.hidden / a.heads, most_width);
}

}  // namespace

Architecture architecture_from(const Node& node, Untold& untold) {
  const RunSection arch(node, "arch.", untold,
                        {"layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "vocab",
                         "gated_mlp", "moe", "tied_embedding", "mla"});
  Architecture a;
  a.layers = arch.needed("layers", most_layers);
  a.hidden = arch.needed("hidden", most_width);
  a.heads = arch.needed("heads", most_width);
  a.vocab = arch.needed("vocab", most_width);
  a.kv_heads = arch.count_or("kv_heads", a.heads, most_width);
  a.head_dim = head_dim_from(arch, a);
  a.ffn = arch.count_or("ffn", 4 * a.hidden, most_width);
  a.gated_mlp = arch.flag_or("gated_mlp", false);
  a.tied_embedding = arch.flag_or("tied_embedding", false);
  if (const Node mla = arch["mla"]; !mla.is_absent()) a.latent = latent_from(mla, untold);
  if (const Node moe = arch["moe"]; !moe.is_absent()) a.experts = experts_from(moe, a, untold);
  return a;
}

}  // namespace shortfall

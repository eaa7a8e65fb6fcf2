#include "model/training/architecture.hpp"

namespace shortfall {
namespace {

double product(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a) * static_cast<double>(b);
}

double latent_attention(const Architecture& a, const LatentAttention& m) {
  const std::int64_t query = a.heads * (m.plain_dim + m.rotary_dim);
  const double queries = m.query_rank > 0
                             ? product(a.hidden, m.query_rank) + product(m.query_rank, query)
                             : product(a.hidden, query);
  const double compressed = product(a.hidden, m.key_value_rank + m.rotary_dim);
  const double keys_values = product(m.key_value_rank, a.heads * (m.plain_dim + m.value_dim));
  return queries + compressed + keys_values + product(a.heads * m.value_dim, a.hidden);
}

double attention(const Architecture& a) {
  if (a.latent) return latent_attention(a, *a.latent);
  return product(a.hidden, a.head_dim * (a.heads + 2 * a.kv_heads)) +
         product(a.heads * a.head_dim, a.hidden);
}

}  // namespace

std::int64_t dense_layers(const Architecture& a) {
  return a.experts ? a.experts->dense_layers : a.layers;
}

std::int64_t expert_layers(const Architecture& a) { return a.layers - dense_layers(a); }

std::int64_t key_dim(const Architecture& a) {
  return a.latent ? a.latent->plain_dim + a.latent->rotary_dim : a.head_dim;
}

std::int64_t value_dim(const Architecture& a) {
  return a.latent ? a.latent->value_dim : a.head_dim;
}

Parameters parameters(const Architecture& a) {
  const double matrices = a.gated_mlp ? 3 : 2;
  Parameters p;
  p.attention = attention(a);
  p.mlp = matrices * product(a.hidden, a.ffn);
  p.output = product(a.hidden, a.vocab);
  p.embedding = a.tied_embedding ? 0 : p.output;
  const auto layers = static_cast<double>(a.layers);
  const auto dense = static_cast<double>(dense_layers(a));
  p.total = p.active = layers * p.attention + dense * p.mlp + p.output + p.embedding;
  if (!a.experts) return p;
  const auto sparse = static_cast<double>(expert_layers(a));
  const Experts& e = *a.experts;
  p.expert = matrices * product(a.hidden, e.ffn);
  p.router = product(a.hidden, e.count);
  p.total += sparse * (p.router + static_cast<double>(e.count + e.shared) * p.expert);
  p.active += sparse * (p.router + static_cast<double>(e.per_token + e.shared) * p.expert);
  return p;
}

}  // namespace shortfall

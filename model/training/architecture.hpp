// The shape of a transformer, and how many parameters it has.
#pragma once

#include <cstdint>
#include <optional>

namespace shortfall {

// Feed-forward layers of which each token uses a few.
struct Experts {
  std::int64_t count = 0;                  // routed ones of a layer
  std::int64_t per_token = 0;              // routed ones that a token uses
  std::int64_t shared = 0;                 // that every token uses besides
  std::int64_t ffn = 0;                    // width of one
  std::int64_t dense_layers = 0;           // the first ones, without experts
  std::int64_t groups_per_token = 0;       // hosts that a token's experts may be on; 0 = any
  double imbalance = 1;                    // load of the busiest rank over the mean
  std::optional<double> published_active;  // parameters that a token uses, as the source counts
};

// Multi-head latent attention: queries, keys and values through low ranks.
struct LatentAttention {
  std::int64_t query_rank = 0;  // 0 = queries are not compressed
  std::int64_t key_value_rank = 0;
  std::int64_t plain_dim = 0;   // of a head's query and key, without position
  std::int64_t rotary_dim = 0;  // with position; the key's is shared by all heads
  std::int64_t value_dim = 0;
};

struct Architecture {
  std::int64_t layers = 0, hidden = 0;
  std::int64_t heads = 0, kv_heads = 0, head_dim = 0;  // kv_heads < heads: grouped queries
  std::int64_t ffn = 0;                                // of layers without experts
  std::int64_t vocab = 0;
  bool gated_mlp = false;       // SwiGLU: three matrices instead of two
  bool tied_embedding = false;  // the embedding is the output projection
  std::optional<Experts> experts;
  std::optional<LatentAttention> latent;
};

// Those that multiply activations; biases and norms, which are fewer than 0.01 %, are not counted.
struct Parameters {
  double attention = 0;  // of one layer
  double mlp = 0;        // of one layer without experts; 0 if there is none
  double expert = 0;     // one expert of one layer
  double router = 0;     // of one layer with experts
  double output = 0;     // hidden x vocab
  double embedding = 0;  // the same again where it is not tied

  double total = 0;   // all
  double active = 0;  // that one token multiplies with or looks up
};
Parameters parameters(const Architecture& a);

std::int64_t dense_layers(const Architecture& a);
std::int64_t expert_layers(const Architecture& a);

// Widths of a head where queries meet keys, and of its values: head_dim twice but for MLA.
std::int64_t key_dim(const Architecture& a);
std::int64_t value_dim(const Architecture& a);

}  // namespace shortfall

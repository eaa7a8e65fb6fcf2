// The matrix products of named models' layers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shortfall {

std::vector<std::string> model_names();
// Of which each block has several mlps, for different tokens.
std::vector<std::string> expert_model_names();
std::vector<std::string> layer_names();

// The weights that a layer multiplies its tokens by: `in` rows, `out` columns.
struct Weights {
  std::int64_t in, out;
};
Weights weights_of(const std::string& model, const std::string& layer);

}  // namespace shortfall

#include "model/system/published.hpp"

#include <algorithm>

namespace shortfall {
namespace {

// CUTLASS's shapes for matrix units, as NVIDIA's guide to matrix products names them; smaller ones
// read more of shared memory for each product, which its figures show to cost this much.
constexpr std::array<Tile, 3> tiles_of_volta{{{128, 128, 1}, {128, 64, 0.85}, {64, 64, 0.7}}};
constexpr std::array<Tile, 7> tiles_of_ampere{{{256, 128, 1},
                                               {128, 256, 1},
                                               {128, 128, 0.95},
                                               {256, 64, 0.85},
                                               {64, 256, 0.85},
                                               {128, 64, 0.8},
                                               {64, 64, 0.6}}};
constexpr std::array<Tile, 7> tiles_of_hopper{{{256, 128, 1},
                                               {128, 256, 1},
                                               {128, 128, 0.85},
                                               {256, 64, 0.8},
                                               {64, 256, 0.8},
                                               {128, 64, 0.6},
                                               {64, 64, 0.45}}};

// Attention, of causal kernels, 64 and 128 wide heads, sequences of 2k to 16k: figures of the
// papers FlashAttention-2 (arXiv 2307.08691; Triton's kernel and its own, on A100 and H100) and
// FlashAttention-3 (arXiv 2407.08608).
constexpr AttentionRate none{0, 0};
constexpr std::array<AttentionRate, 4> attention_of_volta{
    {none, {0.30, 0.25}, {0.30, 0.25}, {0.30, 0.25}}};
constexpr std::array<AttentionRate, 4> attention_of_ampere{
    {none, {0.45, 0.28}, {0.60, 0.50}, {0.60, 0.50}}};
constexpr std::array<AttentionRate, 4> attention_of_hopper{
    {none, {0.15, 0.13}, {0.36, 0.31}, {0.65, 0.55}}};

// Of the others no causal kernel's figure was found: Hopper's, in the proportion of the best
// products.
constexpr std::array<AttentionRate, 4> like_hopper(double best_shape) {
  constexpr double best_of_hopper = 0.803;
  std::array<AttentionRate, 4> rates = attention_of_hopper;
  for (AttentionRate& rate : rates) {
    rate.forward *= best_shape / best_of_hopper;
    rate.backward *= best_shape / best_of_hopper;
  }
  return rates;
}

// Best shape: MAMF, ml-engineering's table (A100 271.2 of 312 TFLOP/s, H100 794.5 of 989 and 1402.6
// of 1979 in fp8, B200 1745 of 2250 and 3432.5 of 4500, MI300X 668.4 of 1307, MI355X 1565 of 2300).
// Sustained: E. Erdil's data movement model, 0.90 V100, 0.85 A100, 0.70 H100; of parts that it does
// not have, the best shape's times the ratio of H100, which power limits alike.
constexpr double hopper_under_load = 0.70 / 0.803;
constexpr std::array<PublishedEfficiency, 6> table{{
    {"sm_70", 0.92, 0.92, 0.90, tiles_of_volta, attention_of_volta},
    {"sm_80", 0.869, 0.869, 0.85, tiles_of_ampere, attention_of_ampere},
    {"sm_90", 0.803, 0.709, 0.70, tiles_of_hopper, attention_of_hopper},
    {"sm_100", 0.776, 0.763, 0.776 * hopper_under_load, tiles_of_hopper, like_hopper(0.776)},
    {"gfx942", 0.511, 0.511, 0.511 * hopper_under_load, tiles_of_ampere, like_hopper(0.511)},
    {"gfx950", 0.622, 0.622, 0.622 * hopper_under_load, tiles_of_ampere, like_hopper(0.622)},
}};

}  // namespace

const PublishedEfficiency& published_efficiency(std::string_view architecture) {
  const auto* const found = std::find_if(table.begin(), table.end(), [&](const auto& row) {
    return row.architecture == architecture;
  });
  constexpr std::size_t hopper = 2;
  return found == table.end() ? table[hopper] : *found;
}

}  // namespace shortfall

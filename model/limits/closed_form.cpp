#include "model/limits/closed_form.hpp"

#include <cmath>

namespace shortfall {
namespace {

constexpr double flop_of_multiply_add = 2;
constexpr double usual_node = 8;  // GPUs; of a network without levels, too

double gpus_of_a_node(const Accelerator& gpu) {
  return gpu.fan_out.empty() ? usual_node : static_cast<double>(gpu.fan_out.front());
}

// (b0/L0) * T0^-alpha, so that batch/layers = this * T^alpha.
double growth(const GrowthLaw& law) {
  return law.batch_tokens / law.layers * std::pow(law.start.value, -law.alpha);
}

Flops limit(double factor, double base, const GrowthLaw& law) {
  const double multiply_adds = std::pow(factor * base * base, 1 / (1 - 2 * law.alpha));
  return {flop_of_multiply_add * multiply_adds};
}

}  // namespace

NodeLimits bandwidth_limit(const Accelerator& gpu, const GrowthLaw& law) {
  // 240 from tokens and parameters of T; two micro-batches per stage enter squared.
  constexpr double factor = 1.0 / (240 * 2 * 2);
  const double gpus = gpus_of_a_node(gpu);
  NodeLimits node;
  node.multiply_adds_per_s = gpus * gpu.peak().value / flop_of_multiply_add;
  node.network_words_per_s = gpus * gpu.network.back().both_ways.value / 2 / gpu.word_bytes();
  node.memory_words_per_s = gpus * gpu.memory_rate.value / 2 / gpu.word_bytes();
  node.nanobatch = node.multiply_adds_per_s / node.memory_words_per_s;
  node.activation_shard = 4 * node.multiply_adds_per_s / (3 * node.network_words_per_s);
  const double base = growth(law) * node.multiply_adds_per_s * law.duration.value /
                      (node.activation_shard * node.activation_shard * node.nanobatch);
  node.end_of_linear_scaling = limit(factor, base, law);
  return node;
}

Flops latency_limit(Seconds per_product, const GrowthLaw& law) {
  return limit(3.0 / 320, growth(law) * (law.duration / per_product), law);
}

Seconds product_latency(const Accelerator& gpu) {
  Seconds total = gpu.product_latency;
  for (const NetworkLevel& level : gpu.network) total = total + level.latency * 2;
  return total;
}

}  // namespace shortfall

#include "model/limits/accelerator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr Bytes block_registers = 64_KiB;
constexpr Seconds product_latency{4.5e-6}, hop_latency{1.125e-6};

NetworkLevel level(double both_ways, Seconds latency = hop_latency) {
  return {{both_ways}, latency};
}

Accelerator v100() {
  return {.name = "V100 SXM",
          .multiprocessors = 80,
          .threads = 80 * 128,
          .flop_per_clock_per_thread = 8,
          .max_clock = {1.533e9},
          .sustained_fraction = 0.90,
          .memory_rate = {900e9},
          .l2_rate = {2155e9},
          .memory = {32e9},
          .l2 = 6_MiB,
          .registers = block_registers,
          .product_latency = product_latency,
          .network = {level(300e9), level(12.5e9)},
          .fan_out = {8}};
}

Accelerator a100() {
  return {.name = "A100 SXM",
          .multiprocessors = 108,
          .threads = 108 * 128,
          .flop_per_clock_per_thread = 16,
          .max_clock = {1.410e9},
          .sustained_fraction = 0.85,
          .memory_rate = {1555e9},
          .l2_rate = {5603e9},
          .memory = {40e9},
          .l2 = 40_MiB,
          .registers = block_registers,
          .product_latency = product_latency,
          .network = {level(600e9), level(50e9)},
          .fan_out = {8}};
}

Accelerator h100() {
  return {.name = "H100 SXM",
          .multiprocessors = 132,
          .threads = 132 * 128,
          .flop_per_clock_per_thread = 32,
          .max_clock = {1.830e9},
          .sustained_fraction = 0.70,
          .memory_rate = {3352e9},
          .l2_rate = {6441e9},
          .memory = {80e9},
          .l2 = 50_MiB,
          .registers = block_registers,
          .shares_between_sms = true,
          .product_latency = product_latency,
          .network = {level(900e9), level(100e9)},
          .fan_out = {8}};
}

Accelerator h100_pcie() {
  Accelerator gpu = h100();
  gpu.name = "H100 PCIe";
  gpu.multiprocessors = 114;
  gpu.threads = 114 * 128;
  gpu.max_clock = {1.620e9};
  gpu.sustained_fraction = 0.55;
  gpu.memory_rate = {2039e9};
  gpu.l2_rate = {5563e9};
  return gpu;
}

Accelerator h100_in(const std::string& variant, std::vector<NetworkLevel> network,
                    std::vector<std::int64_t> fan_out, double latencies = 1) {
  Accelerator gpu = h100();
  gpu.name += " " + variant;
  gpu.network = std::move(network);
  gpu.fan_out = std::move(fan_out);
  gpu.product_latency = gpu.product_latency * latencies;
  for (NetworkLevel& one : gpu.network) one.latency = one.latency * latencies;
  return gpu;
}

}  // namespace

Throughput Accelerator::peak() const {
  return {flop_per_clock_per_thread * static_cast<double>(threads) * max_clock.value};
}

Throughput Accelerator::sustained() const {
  return {flop_per_clock_per_thread * static_cast<double>(threads) * clock().value};
}

Bytes Accelerator::useful_registers(const Assumptions& assumed) const {
  return registers * assumed.useful_registers;
}

Bytes Accelerator::useful_l2(const Assumptions& assumed) const { return l2 * assumed.useful_l2; }

Bandwidth Accelerator::shared_rate(const Assumptions& assumed) const {
  return {assumed.shared_bytes_per_clock * static_cast<double>(multiprocessors) * clock().value};
}

std::vector<Accelerator> paper_accelerators() {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const NetworkLevel node = level(900e9), between_nodes = level(100e9);
  return {v100(),
          a100(),
          h100_pcie(),
          h100(),
          h100_in("Superpod", {node, level(450e9), between_nodes}, {8, 32}),
          h100_in("Low Latency", {node, between_nodes}, {8}, 0.1),
          h100_in("Global NVLink", {node}, {}),
          h100_in("Global NVLink and LL", {node}, {}, 0.1),
          h100_in("Infinite Network and LL", {level(infinite)}, {}, 0.1)};
}

Accelerator accelerator_named(const std::string& name) {
  std::vector<std::string> names;
  for (Accelerator& gpu : paper_accelerators()) {
    if (gpu.name == name) return std::move(gpu);
    names.push_back(gpu.name);
  }
  throw BadUsage("--gpu=" + name + ": unknown GPU. Nearest: " + join(nearest(name, names), ", ") +
                 ". All: " + join(names, ", "));
}

}  // namespace shortfall

// One GPU with its place in the network: what the limits of training depend on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "model/limits/assumptions.hpp"

namespace shortfall {

// One level of the network, seen from a GPU; the lowest is the node.
struct NetworkLevel {
  Bandwidth both_ways;  // sending and receiving together; infinite = costs no time
  Seconds latency;      // of one message
};

// More levels than this do not occur: node, rack, pod, site.
constexpr std::size_t most_levels = 4;

struct Accelerator {
  std::string name;
  int word_bits = 16;
  std::int64_t multiprocessors = 0, threads = 0;
  double flop_per_clock_per_thread = 0;
  Frequency max_clock;
  double sustained_fraction = 0;  // of the peak, in a long sequence of large products
  Bandwidth memory_rate, l2_rate;
  Bytes memory, l2;
  Bytes registers;                    // of one of the four blocks of a multiprocessor
  bool shares_between_sms = false;    // a multiprocessor reads the shared memory of others
  Seconds product_latency;            // of every matrix product
  std::vector<NetworkLevel> network;  // lowest first
  std::vector<std::int64_t> fan_out;  // GPUs (then groups) below each level but the highest

  double word_bytes() const { return word_bits / 8.0; }
  Frequency clock() const { return max_clock * sustained_fraction; }
  Throughput peak() const;
  Throughput sustained() const;
  Bytes useful_registers(const Assumptions& assumed) const;  // of one block
  Bytes useful_l2(const Assumptions& assumed) const;
  Bandwidth shared_rate(const Assumptions& assumed) const;  // of all multiprocessors
};

// The GPUs of the paper with their datasheet figures, variants of the network among them.
std::vector<Accelerator> paper_accelerators();

// Throws BadUsage with the nearest names.
Accelerator accelerator_named(const std::string& name);

}  // namespace shortfall

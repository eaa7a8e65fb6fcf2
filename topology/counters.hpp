// Counters that devices and the kernel keep since they were started: what they gain during a run
// tells of faults that no figure shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "topology/machine.hpp"
#include "topology/root.hpp"

namespace shortfall {

struct Counter {
  // "mlx5_0/1" (RDMA port), "eth0", "0000:17:00.0" (PCIe), "mc0" (memory controller), "cpu"
  std::string device;
  std::string name;  // as the kernel's file, but "..._bytes" where that counts units of 4 bytes
  std::uint64_t value = 0;
  bool is_error = false;  // growing is a fault, not traffic
  friend bool operator==(const Counter&, const Counter&) = default;
};

// In the order of devices and names; what cannot be read is left out.
std::vector<Counter> read_counters(const Root& root = {});

// What differs, in the order of devices and names: counters that grew, and those that started anew,
// came or went in between.
std::vector<CounterChange> changes(const std::vector<Counter>& before,
                                   const std::vector<Counter>& after, const std::string& host);

}  // namespace shortfall

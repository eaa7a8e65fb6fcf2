// The sources of counters; for counters.cpp.
#pragma once

#include "topology/counters.hpp"

namespace shortfall {

void add_rdma_counters(std::vector<Counter>& counters, const Root& root);
void add_interface_counters(std::vector<Counter>& counters, const Root& root);
void add_pcie_counters(std::vector<Counter>& counters, const Root& root);
void add_memory_counters(std::vector<Counter>& counters, const Root& root);
void add_cpu_counters(std::vector<Counter>& counters, const Root& root);

// Nothing where the file does not hold a count.
std::optional<std::uint64_t> count_in_file(const Root& root, const std::string& path);

}  // namespace shortfall

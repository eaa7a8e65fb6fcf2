// What the user says must be there (--expect FILE), and what of it is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace shortfall {

// Every part is optional: what is not said is not checked.
struct Expectation {
  std::optional<int> hosts;
  std::vector<std::string> host_names;
  std::optional<int> gpus_per_host, nics_per_host;  // nics: RDMA devices
  std::optional<int> numa_nodes, cores, ranks_per_host;
  std::string gpu;              // part of its name
  std::optional<Bytes> memory;  // of a host, at least
  struct Rates {
    std::optional<BitRate> rdma, ethernet;  // of each port that can carry data, at least
    std::optional<PcieLink> pcie;           // of each GPU and RDMA device, at least
  } link_rates;
};

// Throws BadUsage, with the place in the document, for anything that is not understood.
Expectation parsed_expectation(std::string_view json, const std::string& source);

// A finding for whatever is not as it must be. Fail: "expected_missing" (hosts, devices, links) or
// "expected_differs" (too slow, too small, of another kind). Unknown, also "expected_differs": what
// cannot be read, since nobody can say that it is there.
std::vector<Finding> unmet(const Expectation& expectation, const Machine& machine);

}  // namespace shortfall

// Where hosts of one kind differ from each other.
#pragma once

#include <vector>

#include "report/report.hpp"

namespace shortfall {

// A majority vote on every attribute within each class of hosts (host_classes.hpp). Drift is
//   a host whose value is not the one that more than half of the class have;
//   every host where no value is (a tie: `majority` is empty then).
// None: values by which nearly every host differs from every other, sizes and clocks within 1 %,
// what follows from another drift of the same host. GPUs and adapters are compared by address and
// name; one that is missing is one drift. At most 64 hosts are listed for each value and 256 for
// each attribute: Drift::sharing and ::differing count all. The order of hosts changes nothing.
std::vector<Drift> drift_of(const std::vector<Host>& hosts);

// Fail where hardware is missing, less or slower ("missing_device", "degraded_link", "drift"); warn
// where software and settings differ ("drift"), or ranks ("uneven_ranks"). One finding for each
// drift, but one for a tie, which names the hosts of each value; at most 16 for an attribute and
// 256 in all, with a last one that counts what was left out.
std::vector<Finding> drift_findings(const std::vector<Drift>& drift);

}  // namespace shortfall

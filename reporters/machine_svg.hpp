// A picture of one host: NUMA nodes, switches, devices and networks, links labelled by speed.
#pragma once

#include <string>
#include <vector>

#include "topology/machine.hpp"

namespace shortfall {

// `links` tells what each link promises; those of other hosts are ignored. A link that runs below
// what both of its ends can do is red.
std::string machine_svg(const Host& host, const std::vector<Link>& links);

}  // namespace shortfall

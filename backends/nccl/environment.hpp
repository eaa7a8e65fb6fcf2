// Variables of NCCL that forbid what is asked for: found before NCCL fails on them in its own way.
#pragma once

#include <string>
#include <vector>

#include "backends/world.hpp"
#include "core/operation.hpp"

namespace shortfall::nccl {

// Why NCCL cannot start at all with these; "" = it can. `interfaces` are those of this host.
std::string why_not_at_all(const Environment& environment,
                           const std::vector<std::string>& interfaces);

// Why this collective would not be what was asked for; "" = it would be.
std::string why_not(const Collective& collective, const Environment& environment);

// Whether a list as NCCL_SOCKET_IFNAME has it takes an interface: names begin with one of those
// between commas; "=eth0" is exactly that one, "^docker" is any other one.
bool is_taken(const std::string& list, const std::string& interface);

// Of this host that are up, by name.
std::vector<std::string> interfaces_of_host();

}  // namespace shortfall::nccl

// What a host's environment tells libraries of its network.
#pragma once

#include <string>
#include <string_view>

#include "diagnosis/rdma/like_ports.hpp"

namespace shortfall {

std::string value_of(const Host& host, std::string_view variable);  // "" = not set

// As NCCL reads NCCL_IB_HCA, true without it: names begin with one of the list, or are exactly one
// behind '=', or are none of it behind '^'; ":1" is a port.
bool is_left_to_nccl(const NicPort& at, const Host& host);

}  // namespace shortfall

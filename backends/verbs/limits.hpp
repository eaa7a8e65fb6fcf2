// What a port and its device allow.
#pragma once

#include <string>

#include "backends/verbs/gids.hpp"
#include "backends/verbs/ports.hpp"
#include "core/operation.hpp"

namespace shortfall::verbs {

// Why a transfer to so many other ranks is beyond this port; "" = it is not.
std::string why_beyond(const Port& port, const FabricTransfer& transfer, std::size_t peers);

// Why a port has no such GID; "" = it has, or needs none.
std::string why_no_gid(const Port& port, const std::string& wanted);

// Of this host, before anybody is asked to take part: by the adapters that are named, too.
std::string why_refused(const Operation& operation);

}  // namespace shortfall::verbs

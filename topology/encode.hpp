// A Host, the Binding of a rank, or what counters gained, as a string of bytes, to be sent from
// rank to rank.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topology/machine.hpp"

namespace shortfall {

std::string encode(const Host& host);

// The same without what differs between any two hosts (core/marks.hpp): equal for hosts of one
// kind.
std::string common_part(const Host& host);

// Throws Error for anything that encode() of this version does not write.
Host decode_host(std::string_view text);

std::string encode(const Binding& binding);
Binding decode_binding(std::string_view text);  // throws likewise

std::string encode(const std::vector<CounterChange>& changes);
std::vector<CounterChange> decode_changes(std::string_view text);  // throws likewise

}  // namespace shortfall

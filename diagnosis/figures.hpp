// Figures of hosts, as findings tell them.
#pragma once

#include <string>

#include "topology/nic.hpp"

namespace shortfall {

std::string text_of(Bytes bytes);  // "1.5 TiB"
std::string text_of(Frequency clock);
std::string text_of(BitRate rate);

double figure_of(const PcieLink& link);  // transfers per second of all known lanes

}  // namespace shortfall

// What a result tells of how it was done.
#pragma once

#include <string>
#include <string_view>

#include "harness/result.hpp"

namespace shortfall {

std::string detail_of(const Measured& measured, std::string_view name);  // "" = it does not tell

}  // namespace shortfall

// A step as one bar: what is delivered, and each loss that is wide enough with its name.
#pragma once

#include <string>
#include <vector>

#include "report/shortfall.hpp"

namespace shortfall {

// "|##### delivered 39.0 #####|= memory 18.0 =|tensor|...", `columns` wide. Of the rows that take
// time; what gives time back is not drawn. "" if there is nothing to draw.
std::string bar_of(const std::vector<ShortfallRow>& rows, std::size_t columns);

}  // namespace shortfall

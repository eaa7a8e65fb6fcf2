// Where the time of a step goes, row by row, with bars that lie where their rows begin and end.
#pragma once

#include <iosfwd>
#include <span>

#include "model/prediction.hpp"

namespace shortfall {

// At most 100 columns. Rows that take less than a ten-thousandth of the step are told by number
// alone. `step` is what all rows together are.
void write_waterfall(std::ostream& out, std::span<const WaterfallRow> rows, Seconds step);

}  // namespace shortfall

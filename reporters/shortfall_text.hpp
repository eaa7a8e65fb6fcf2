// The shortfall for people: what is delivered, where the rest goes, who is behind it, what to try.
#pragma once

#include <iosfwd>

#include "report/shortfall.hpp"

namespace shortfall {

// At most 100 columns, but for words that are longer.
void write_shortfall(std::ostream& out, const Shortfall& shortfall);

}  // namespace shortfall

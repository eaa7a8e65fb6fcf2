// Predicted training runs for people at a terminal.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "model/answers.hpp"

namespace shortfall {

enum class Rows {
  worst,  // of long documents those that are farthest off
  all
};

// A table of runs, what is known in detail of each, and errors by source; a single run without the
// table.
void write_predictions(std::ostream& out, const Answers& answers, Rows rows);

// Its waterfall, elasticities, what would be faster, what was assumed.
void write_run(std::ostream& out, const RunAnswer& run);

std::string step_text(Seconds time);  // "12.35 s", "456.7 ms"

// "41.2 %"; signed: "+1.6 %".
std::string percent_text(double share);
std::string signed_percent_text(double share);

}  // namespace shortfall

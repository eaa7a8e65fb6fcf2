// Which program wrote a report. Filled in by CMake.
#pragma once

#include "report/report.hpp"

namespace shortfall {

Program this_program();

}  // namespace shortfall

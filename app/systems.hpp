// What training runs are predicted on, as --system and --datasheet name it.
#pragma once

#include <string>

#include "model/answers.hpp"
#include "topology/datasheets/datasheets.hpp"

namespace shortfall {

// The built-in ones, behind those in `file`, which --datasheet names; "" = none. Throws BadUsage.
Datasheets datasheets_named(const std::string& file);

// `system`: "literature", "datasheet" (all that it promises is attained), or a report (or the
// folder that holds it) whose measurements stand before the datasheet. `datasheet`: a FILE of
// datasheets that stand before the built-in ones; "" = none. Both are read at once. Throws BadUsage
// if they cannot be.
SystemFor system_named(const std::string& system, const std::string& datasheet);

}  // namespace shortfall

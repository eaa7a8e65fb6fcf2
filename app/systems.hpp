// What training runs are predicted on, as --system and --datasheet name it.
#pragma once

#include <string>

#include "model/answers.hpp"

namespace shortfall {

// `system`: "literature", "datasheet" (all that it promises is attained), or a report (or the
// folder that holds it) whose measurements stand before the datasheet. `datasheet`: a FILE of
// datasheets that stand before the built-in ones; "" = none. Both are read at once. Throws BadUsage
// if they cannot be.
SystemFor system_named(const std::string& system, const std::string& datasheet);

}  // namespace shortfall

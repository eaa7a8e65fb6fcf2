// The options of all commands that predict.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace shortfall {

// --system and --datasheet: what system_named() is asked for.
void add_system_options(CLI::App& command, std::string& system, std::string& datasheet);

}  // namespace shortfall

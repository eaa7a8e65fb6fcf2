// Writes what an option names a file for.
#pragma once

#include <string>

namespace shortfall {

// Throws BadUsage, naming `option`, if the file cannot be written.
void write_file(const std::string& option, const std::string& file, const std::string& content);

}  // namespace shortfall

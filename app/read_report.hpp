// Reports as users name them.
#pragma once

#include <filesystem>

#include "report/report.hpp"

namespace shortfall {

// The file itself, or report.json in it if it is a folder.
std::filesystem::path report_file(std::filesystem::path named);

// Throws BadUsage, naming the file, if there is no report that this program can read.
Report report_in(const std::filesystem::path& named);

}  // namespace shortfall

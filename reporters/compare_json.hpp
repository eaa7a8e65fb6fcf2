// The document of `compare --json`, docs/compare.md.
#pragma once

#include <string>

#include "diagnosis/compare.hpp"

namespace shortfall {

// `status`: the exit status that goes with it.
std::string json_of(const ReportComparison& comparison, int status);

}  // namespace shortfall

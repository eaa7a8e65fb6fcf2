// Libraries that their environment, or they themselves, keep from using what the processor has.
#pragma once

#include <string>
#include <vector>

#include "core/handicap.hpp"
#include "report/report.hpp"

namespace shortfall {

struct HandicapOnHost {
  std::string host;
  Handicap handicap;
};

// One finding (warn) for each host and library: the first that is told of it.
std::vector<Finding> crippled_libraries(const std::vector<HandicapOnHost>& handicaps);

}  // namespace shortfall

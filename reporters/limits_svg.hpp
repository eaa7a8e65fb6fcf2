// A picture of how well clusters are used, against the training compute that they carry.
#pragma once

#include <string>

#include "model/limits/study.hpp"

namespace shortfall {

std::string limits_svg(const LimitsStudy& study);

}  // namespace shortfall

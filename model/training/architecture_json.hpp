// The key `arch` of a training run.
#pragma once

#include "model/training/architecture.hpp"
#include "model/training/section_json.hpp"

namespace shortfall {

Architecture architecture_from(const Node& arch, Untold& untold);

}  // namespace shortfall

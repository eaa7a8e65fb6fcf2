// How far a fabric carries training, for programs: one JSON document.
#pragma once

#include <string>
#include <vector>

#include "model/limits/reference.hpp"
#include "model/limits/study.hpp"

namespace shortfall {

std::string json_of(const ReferenceCheck& check);
std::string json_of(const LimitsStudy& study, const std::vector<std::string>& sources);

}  // namespace shortfall

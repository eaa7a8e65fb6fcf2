// Predicted training runs as one JSON document: docs/predict.md.
#pragma once

#include <string>

#include "model/answers.hpp"

namespace shortfall {

std::string json_of(const Answers& answers);

}  // namespace shortfall

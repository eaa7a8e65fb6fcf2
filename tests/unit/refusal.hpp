// What is said when something is refused.
#pragma once

#include <string>

#include "core/error.hpp"

namespace shortfall {

// "accepted" if `act` does not throw BadUsage.
std::string refusal_of(const auto& act) {
  try {
    act();
  } catch (const BadUsage& refusal) {
    return refusal.what();
  }
  return "accepted";
}

}  // namespace shortfall

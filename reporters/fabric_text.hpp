// What many pairs of ranks measured, as squares where there are few ends and as classes.
#pragma once

#include <ostream>
#include <vector>

#include "report/fabric.hpp"

namespace shortfall {

// Of rounds alone: what has one partner is told case by case.
void write_fabric(std::ostream& out, const std::vector<FabricMap>& maps);

}  // namespace shortfall

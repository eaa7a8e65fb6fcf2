#include "core/routine.hpp"

namespace shortfall {

std::vector<int> counts(const Routine& routine) {
  std::vector<int> all(routine.operations.size(), 0);
  for (const std::uint32_t index : routine.order) ++all.at(index);
  return all;
}

}  // namespace shortfall

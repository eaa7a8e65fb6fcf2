// Which GPU or adapter of one host is to be compared with which of another.
#pragma once

#include <string>
#include <vector>

namespace shortfall {

using Labels = std::vector<std::string>;  // of a host's elements, in their order

struct Alignment {
  // How the elements to compare are called: by the labels that most hosts use, so that a missing
  // one does not shift the others; "#0", "#1", ... where no labels have a majority.
  std::vector<std::string> names;
  struct Elements {
    std::vector<int> places;  // in `names`; -1 = beyond them
    Labels missing;           // where all others are the labels that most hosts use
  };
  std::vector<Elements> hosts;  // as they were given
};

// Elements whose label is not among those of most hosts take the places that are left, in order:
// virtual machines see the same devices at different addresses.
Alignment aligned(const std::vector<Labels>& hosts);

}  // namespace shortfall

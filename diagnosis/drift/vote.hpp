// A majority vote on one attribute.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/drift/host_classes.hpp"

namespace shortfall {

struct SharedValue {
  std::string text;
  std::optional<double> figure;
  bool is_rounded = false;  // figures within 1 % count as equal
  Positions hosts;          // that have this value
};

struct Tally {
  std::optional<SharedValue> majority;  // on more than half of the hosts; nothing: a tie
  std::vector<SharedValue> others;      // that differ from it; of a tie all
  int voters = 0;
};

// Without others where all agree, and where nearly every host has a value of its own: an identity,
// by which hosts are told apart, is no drift. Two hosts that differ are a tie.
Tally vote(std::vector<SharedValue> ballots);

}  // namespace shortfall

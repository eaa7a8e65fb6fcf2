// `shortfall limits`: how far a fabric carries training.
#pragma once

#include <string>

namespace shortfall {

struct LimitsOptions {
  std::string gpu, system;  // a datasheet by name; a report whose measurements stand before it
  std::string reference;    // FILE of values to recompute instead
  std::string svg;          // file for a picture; empty = none
  bool json = false;
};

// The exit status.
int show_limits(const LimitsOptions& options);

}  // namespace shortfall

// The line on rank 0's standard error that says what runs, how far it is, and how long still.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "core/units.hpp"

namespace shortfall {

// Whether somebody watches: our standard error, or that of the launcher who passes it on.
bool is_watched();

class Progress {
 public:
  Progress(std::ostream& out, bool is_shown) : out_(out), is_shown_(is_shown) {}
  // `elapsed` since the first case; `limit` of the whole run, zero = unknown.
  void show(const std::string& what, std::size_t done, std::size_t all, Seconds elapsed,
            Seconds limit);
  void clear();

 private:
  std::ostream& out_;
  bool is_shown_;
};

}  // namespace shortfall

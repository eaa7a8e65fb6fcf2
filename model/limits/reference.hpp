// Recomputes a file of reference values, entry by entry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// Relative, of every number that is not a count.
constexpr double reference_tolerance = 1e-9;

struct SectionCheck {
  std::string name;
  std::int64_t entries = 0, values = 0;
  double largest_error = 0;           // relative; infinite where one of the two is no number
  std::string largest_at;             // "matmul[3].time_s"; "" = no value differs
  std::int64_t off = 0;               // numbers further off than the tolerance
  std::int64_t mismatches = 0;        // of counts, lists and flags
  std::vector<std::string> examples;  // the first of both, in words

  bool holds() const { return off == 0 && mismatches == 0; }
};

struct ReferenceCheck {
  std::vector<SectionCheck> sections;  // in the order of the file
  std::vector<std::string> remarks;    // what was not recomputed, what the file does not say

  bool holds() const;
};

// Throws BadUsage, naming the place, on what has not the form of the published reference.
ReferenceCheck check_reference(std::string_view json, const std::string& source);

}  // namespace shortfall

// What it means that a counter of errors grew, and what to do about it.
#pragma once

#include <string_view>

namespace shortfall {

struct Meaning {
  std::string_view counter;
  std::string_view kind;   // of the finding
  std::string_view means;  // "...", as the end of a sentence
  std::string_view action;
  bool fails = false;
};

// One that says nothing special for a counter without an entry.
const Meaning& meaning_of(std::string_view counter);

}  // namespace shortfall

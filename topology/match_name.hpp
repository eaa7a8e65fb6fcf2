// Which datasheet a device's name means.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "topology/sheet.hpp"

namespace shortfall {

// In small letters; whatever is no letter or digit separates: "A100-SXM4-80GB" has three.
std::vector<std::string> words_in(std::string_view text);

// The letters and digits of the longest of the sheet's names that stands in `words`; 0 = none does.
std::size_t match_length(const std::vector<std::string>& words, const Sheet& sheet);

// Those that match best, of those that `fits` lets through; several only if equally well. Any of
// the user's stands before all that are built in.
template <class AnySheet>
std::vector<const AnySheet*> best_matches(const std::vector<AnySheet>& sheets,
                                          std::string_view name, const auto& fits) {
  const auto words = words_in(name);
  for (const bool is_users : {true, false}) {
    std::vector<const AnySheet*> best;
    std::size_t longest = 1;
    for (const AnySheet& sheet : sheets) {
      if (sheet.file.empty() == is_users || !fits(sheet)) continue;
      const std::size_t length = match_length(words, sheet);
      if (length < longest) continue;
      if (length > longest) best.clear();
      longest = length;
      best.push_back(&sheet);
    }
    if (!best.empty()) return best;
  }
  return {};
}

}  // namespace shortfall

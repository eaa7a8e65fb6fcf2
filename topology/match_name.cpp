#include "topology/match_name.hpp"

#include <numeric>

namespace shortfall {
namespace {

using Words = std::vector<std::string>;

bool is_in(const Words& part, const Words& all) {
  return !part.empty() && !std::ranges::search(all, part).empty();
}

}  // namespace

Words words_in(std::string_view text) {
  Words words;
  bool is_inside = false;
  for (const char c : text) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool is_word = is_capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_word && !is_inside) words.emplace_back();
    if (is_word) words.back() += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
    is_inside = is_word;
  }
  return words;
}

std::size_t match_length(const Words& words, const Sheet& sheet) {
  for (const std::string& other : sheet.except) {
    if (is_in(words_in(other), words)) return 0;
  }
  std::size_t longest = 0;
  for (const std::string& name : sheet.match) {
    const Words wanted = words_in(name);
    // A slice of a device calls itself "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
    const bool is_slice = is_in({"mig"}, words) && !is_in({"mig"}, wanted);
    if (is_slice || !is_in(wanted, words)) continue;
    const auto length =
        std::accumulate(wanted.begin(), wanted.end(), std::size_t{0},
                        [](std::size_t sum, const std::string& word) { return sum + word.size(); });
    longest = std::max(longest, length);
  }
  return longest;
}

}  // namespace shortfall

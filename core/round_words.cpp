#include "core/round_words.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr std::string_view beginning = "round_", crossing = "_cross_", reversal = "_back";

std::optional<int> number_from(const std::string& text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

std::string text_of(const RoundWord& word) {
  std::string text = std::string(beginning) + std::to_string(word.number);
  if (word.cross > 0) text += std::string(crossing) + std::to_string(word.cross);
  return word.is_back ? text + std::string(reversal) : text;
}

std::optional<RoundWord> round_from(const std::string& text) {
  if (!text.starts_with(beginning)) return std::nullopt;
  std::string rest = text.substr(beginning.size());
  RoundWord word{.is_back = rest.ends_with(reversal)};
  if (word.is_back) rest.resize(rest.size() - reversal.size());
  const std::size_t at = rest.find(crossing);
  const auto number = number_from(rest.substr(0, at));
  if (!number) return std::nullopt;
  word.number = *number;
  if (at == std::string::npos) return word;
  const auto cross = number_from(rest.substr(at + crossing.size()));
  if (!cross) return std::nullopt;
  word.cross = *cross;
  return word;
}

bool is_many_rounds(const std::string& text) {
  constexpr std::array<std::string_view, 4> words{first_rounds, every_round, first_cross_rounds,
                                                  every_cross_round};
  return std::ranges::find(words, text) != words.end();
}

}  // namespace shortfall

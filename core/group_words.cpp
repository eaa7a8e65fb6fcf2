#include "core/group_words.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace shortfall {
namespace {

using Kind = GroupWord::Kind;
constexpr std::array<std::pair<Kind, std::string_view>, 4> beginnings{
    {{Kind::blocks_of, "blocks_of_"},
     {Kind::every, "every_"},
     {Kind::first_blocks_of, "first_blocks_of_"},
     {Kind::first_every, "first_every_"}}};

constexpr std::string_view before_host_pair = "within_host_";

}  // namespace

std::string text_of(const GroupWord& word) {
  std::string text;
  for (const auto& [kind, beginning] : beginnings) {
    if (kind == word.kind) text = beginning;
  }
  return text + std::to_string(word.ranks);
}

std::optional<GroupWord> group_word_from(const std::string& text) {
  for (const auto& [kind, beginning] : beginnings) {
    if (!text.starts_with(beginning)) continue;
    const auto ranks = parse_integer(text.substr(beginning.size()));
    if (!ranks || *ranks < 1 || *ranks > std::numeric_limits<int>::max()) return std::nullopt;
    return GroupWord{kind, static_cast<int>(*ranks)};
  }
  return std::nullopt;
}

std::optional<std::pair<int, int>> chosen_pair(const std::string& text) {
  const auto ends = split(text, '-');
  if (ends.size() != 2) return std::nullopt;
  const auto one = parse_integer(ends[0]), other = parse_integer(ends[1]);
  constexpr std::int64_t most = 1 << 30;
  if (!one || !other || *one == *other || std::min(*one, *other) < 0 ||
      std::max(*one, *other) > most)
    return std::nullopt;
  return std::pair(static_cast<int>(*one), static_cast<int>(*other));
}

std::string host_pair_word(int first, int second) {
  return std::string(before_host_pair) + std::to_string(first) + '-' + std::to_string(second);
}

std::optional<std::pair<int, int>> host_pair_from(const std::string& text) {
  if (!text.starts_with(before_host_pair)) return std::nullopt;
  return chosen_pair(text.substr(before_host_pair.size()));
}

}  // namespace shortfall

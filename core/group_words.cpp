#include "core/group_words.hpp"

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

}  // namespace shortfall

// Values of the axis "group" that hold a number.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace shortfall {

struct GroupWord {
  enum class Kind {
    blocks_of,        // ranks 0 to n - 1, n to 2n - 1, ...: "blocks_of_4"
    every,            // ranks i, i + n, i + 2n, ... for each i below n: "every_4"
    first_blocks_of,  // the first of the blocks, while the other ranks are idle:
                      // "first_blocks_of_4"
    first_every       // the ranks 0, n, 2n, ..., while the others are idle: "first_every_4"
  };
  Kind kind;
  int ranks;  // n
  friend bool operator==(const GroupWord&, const GroupWord&) = default;
};

std::string text_of(const GroupWord& word);

// Nothing if the text is no such word; n is at least 1.
std::optional<GroupWord> group_word_from(const std::string& text);

// Two different numbers of ranks, in order: "3-1". Nothing if the text is no such word.
std::optional<std::pair<int, int>> chosen_pair(const std::string& text);

// Two ranks of each host by their numbers on it, in order, all hosts at the same time:
// "within_host_0-1".
std::string host_pair_word(int first, int second);
std::optional<std::pair<int, int>> host_pair_from(const std::string& text);

// Stands for a case of each ordered pair of the ranks of a host: a plan puts them in its place.
inline constexpr const char* every_host_pair = "every_pair";

}  // namespace shortfall

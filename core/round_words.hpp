// Values of the axis "group" that are rounds: everybody works with one partner at a time, and with
// another one in every round.
#pragma once

#include <optional>
#include <string>

namespace shortfall {

struct RoundWord {
  int number = 1;        // from 1
  int cross = 0;         // so many places further on its host stands the partner; 0: at the same
  bool is_back = false;  // of each pair, the other rank stands first
  friend bool operator==(const RoundWord&, const RoundWord&) = default;
};

// "round_2", "round_2_cross_1", "round_2_back", "round_2_cross_1_back".
std::string text_of(const RoundWord& word);

// Nothing if the text is no such word; a number is at least 1.
std::optional<RoundWord> round_from(const std::string& text);

// Stand for several of these, which a plan puts in their place.
inline constexpr const char* first_rounds = "rounds";
inline constexpr const char* every_round = "every_round";
inline constexpr const char* first_cross_rounds = "cross_rounds";
inline constexpr const char* every_cross_round = "every_cross_round";

// Of the first ones. Of N nodes of which d are bad, N (d/N)^3 good ones meet bad partners alone.
inline constexpr int rounds_at_first = 3;

// Whether the text stands for several rounds.
bool is_many_rounds(const std::string& text);

}  // namespace shortfall

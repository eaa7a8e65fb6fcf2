#include "microbench/network_axes.hpp"

#include "core/error.hpp"
#include "core/group_words.hpp"
#include "core/text.hpp"

namespace shortfall {

Axis window_axis() {
  const auto parse = [](const std::string& word) {
    const auto messages = parse_integer(word);
    if (!messages || *messages < 1 || *messages > 65536) {
      throw BadUsage("'" + word + "' is no number of messages: auto, or 1 to 65536");
    }
  };
  return usually(open_ended(choice("window", {"auto", "1", "4", "16", "64"}), "N", parse),
                 {"auto"});
}

int window_of(const Params& params) {
  return static_cast<int>(parse_integer(params.text("window")).value_or(0));
}

Axis pairs_axis() {
  const auto chosen = [](const std::string& word) {
    if (!chosen_pair(word)) {
      throw BadUsage("'" + word +
                     "' is no pair of ranks. One of: pairs, next_pairs, A-B with two ranks");
    }
  };
  return usually(open_ended(choice("group", {"pairs", "next_pairs"}), "A-B", chosen), {"pairs"});
}

}  // namespace shortfall

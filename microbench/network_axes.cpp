#include "microbench/network_axes.hpp"

#include "core/error.hpp"
#include "core/round_words.hpp"
#include "core/text.hpp"
#include "harness/groups.hpp"

namespace shortfall {
namespace {

// `many`: words for several rounds that are not among the axis' values.
Axis with_chosen_pairs(Axis axis, const std::string& many) {
  const auto parse = [](const std::string& word) {
    if (is_of_pairs(word) || is_many_rounds(word)) return;
    throw BadUsage("'" + word +
                   "' is no pair of ranks. One of: pairs, next_pairs, rounds, every_round, "
                   "cross_rounds, every_cross_round, round_K[_cross_J][_back] with numbers from 1, "
                   "A-B with two ranks of the job, within_host_A-B with two of each host");
  };
  return open_ended(std::move(axis), many + "round_K[_cross_J][_back], [within_host_]A-B", parse);
}

}  // namespace

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
  return usually(with_chosen_pairs(choice("group", {"pairs", "next_pairs"}),
                                   "rounds, every_round, cross_rounds, every_cross_round, "),
                 {"pairs"});
}

Axis rounds_axis() {
  return usually(with_chosen_pairs(choice("group", {first_rounds, first_cross_rounds}),
                                   "every_round, every_cross_round, "),
                 {first_rounds});
}

}  // namespace shortfall

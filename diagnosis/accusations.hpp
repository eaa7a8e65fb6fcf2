// Who is slow among pairs that were measured alike, held against what others of the same kind
// reach.
#pragma once

#include <vector>

#include "diagnosis/fabric_pairs.hpp"

namespace shortfall {

// Slow is what is so many median absolute deviations worse than the median, and at least this share
// of it: of bandwidth; of latency what takes twice as long, for a switch more adds a third.
inline constexpr double slow_deviations = 5, slow_share = 0.1, slow_share_of_latency = 0.5;

// Less than so many have no majority. Pairs whose ends were not seen with others, each of them
// timed once, need more: one that was merely interrupted would be taken for slow.
inline constexpr std::size_t fewest_compared = 3, fewest_pairs_alone = 8;

// What differs by no more than this is about as fast.
inline constexpr double about_equal = 0.1;

// What more than so many reach, or than this share of them, is a tier of the fabric, and nobody's
// fault. Few rounds show an end few partners, and perhaps none of its own leaf: of ends more may
// be slow before they are taken for a leaf.
inline constexpr std::size_t most_outliers = 2;
inline constexpr double most_pairs_outlying = 0.05, most_ends_outlying = 0.1;

// Somebody who is slow in one set of samples.
struct Accusation {
  FabricPair who;                          // of an end: from = to
  bool forward = false, backward = false;  // of an end: it sends, it receives
  double value = 0, expected = 0;          // goodness
  const PairSamples* of = nullptr;
  bool is_by_ends = false;  // what is expected of a pair, by what both ends reach with others

  bool is_end() const { return who.from == who.to; }
  double share() const { return value / expected; }
};

// Compares those alone of one class whose ends could carry as much. Refers to the set.
std::vector<Accusation> accused_in(const PairSamples& set);

}  // namespace shortfall

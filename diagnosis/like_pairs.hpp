// Pairs of one class that could carry as much, their ends numbered, and how common among them it is
// to be slow.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "diagnosis/fabric_pairs.hpp"

namespace shortfall {

struct LikePair {
  std::size_t from, to;  // numbers of its ends
  double good;           // goodness
  const PairSample* sample;
};

// Two hosts, or two ends where hosts are too few to be told apart by.
using Place = std::tuple<std::string_view, int, std::string_view>;
using Places = std::pair<Place, Place>;

// Refers to the samples.
class LikePairs {
 public:
  LikePairs(FabricMetric metric, const std::vector<const PairSample*>& samples);

  PairClass kind() const { return all_.front().sample->kind; }
  const std::vector<LikePair>& all() const { return all_; }
  const std::vector<FabricEnd>& ends() const { return ends_; }  // in their order

  // Where pairs of several hosts are compared, what happens between two hosts counts once: a host
  // whose eight adapters are slow is one thing, and not a tier of the fabric.
  Place place_of(const FabricEnd& end) const;
  Places places_of(const FabricPair& pair) const;
  std::size_t places() const;  // of all ends

 private:
  std::vector<LikePair> all_;
  std::vector<FabricEnd> ends_;
  bool is_by_host_ = true;
};

// In how many places pairs are as bad.
class Commonness {
 public:
  Commonness(const LikePairs& all, const std::vector<LikePair>& of);
  bool is_common(double good) const;

 private:
  std::vector<double> sorted_;
  std::vector<std::size_t> places_;  // of as many of the worst
};

// Samples of one class whose ends could carry about as much each.
std::vector<LikePairs> like_pairs_in(const PairSamples& set);

}  // namespace shortfall

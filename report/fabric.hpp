// What the ranks of many pairs measured, held against one another. It follows from the results.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/params.hpp"

namespace shortfall {

struct FabricEnd {
  int rank = 0;
  std::string host;
  std::string device;  // the adapter that it used; "" = not told
  friend bool operator==(const FabricEnd&, const FabricEnd&) = default;
};

enum class PairClass {
  loopback,    // a rank and itself
  same_host,   // two ranks of one host
  same_rail,   // of two hosts, by adapters of the same number; without, ranks of the same number
  cross_rail,  // of two hosts, by others
};

enum class FabricMetric { bandwidth, latency };  // payload in B/s, s

// From where data come, to where they go. Where both ways were timed as one, the pair counts once.
struct FabricPair {
  FabricEnd from, to;
};

struct FabricClass {
  PairClass kind = PairClass::same_rail;
  int pairs = 0;
  double min = 0, median = 0, max = 0;  // in the unit of the map
  FabricPair slowest, fastest;
};

inline constexpr int most_ends_in_matrix = 64;

struct FabricMatrix {
  std::vector<FabricEnd> ends;
  std::vector<std::vector<std::optional<double>>>
      values;  // by row from where; nothing: not measured
};

// All pairs of one benchmark and its parameters but those that tell who works with whom.
struct FabricMap {
  std::string benchmark;
  Params params;
  FabricMetric metric = FabricMetric::bandwidth;
  std::string unit;  // "B/s", "s"
  int ends = 0;
  bool has_rounds = false;  // an end has met several others
  std::vector<FabricClass> classes;
  std::optional<FabricMatrix> matrix;  // of rounds, where there are few ends
};

}  // namespace shortfall

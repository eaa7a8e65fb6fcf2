// Which sizes are worth a measurement: a search for the highest rate that tries a few per cent of
// all combinations.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/units.hpp"
#include "harness/surrogate.hpp"

namespace shortfall {

struct Candidate {
  std::vector<std::int64_t> sizes;
  Flops work;
};

// A pure value: what it proposes depends on the candidates and on what it was told, on nothing
// else. It knows no clock.
//
// 1. Start: the cheapest candidate, then some that are spread evenly over all.
// 2. Expected improvement: of what a Surrogate expects, the candidate that promises most above the
//    best so far, by the root of the time that it takes. Until nothing promises another 0.01 %, or
//    time must be kept for the
// 3. Final: the six best are measured again, the worse half leaves, and so on.
//
// Takes at most 4 % of the time that all candidates would take, but for a few measurements, and
// never tries a candidate that would take an eighth of the time there is.
class Search {
 public:
  enum class Kind { guided, exhaustive };

  Search(std::vector<Candidate> candidates, Seconds budget, Kind kind = Kind::guided);

  // Which candidate to measure; nothing: the best is known, or time is spent.
  std::optional<std::size_t> next();
  // A call took so long, and measuring it all together.
  void learn(std::size_t candidate, Seconds call, Seconds spent);

  const Candidate& at(std::size_t candidate) const { return candidates_[candidate]; }
  std::size_t best() const;   // of those that were measured
  std::size_t tried() const;  // different candidates
  int measurements() const { return measurements_; }
  Seconds spent() const { return spent_; }
  // Whether an exhaustive search has not seen all.
  bool ran_out_of_time() const { return kind_ == Kind::exhaustive && turn_ < candidates_.size(); }

 private:
  std::optional<std::size_t> next_in_order();
  std::optional<std::size_t> next_of_start();
  std::optional<std::size_t> next_promising() const;
  std::optional<std::size_t> next_of_final();
  void begin_final();
  double best_log_rate() const;
  Seconds cost(std::size_t candidate) const;
  Seconds limit() const;
  bool is_affordable(std::size_t candidate) const;

  std::vector<Candidate> candidates_;
  Seconds budget_;
  Kind kind_;
  Surrogate surrogate_;
  std::vector<std::size_t> start_;
  std::vector<std::size_t> final_;  // the better half of the round before; empty: not begun
  std::size_t turn_ = 0;            // of the start, the final or the order
  std::vector<double> log_rate_;    // the highest measured; below zero = not tried
  int measurements_ = 0;
  Seconds spent_, beside_calls_;
};

}  // namespace shortfall

// Operations of a routine one by one, in turn with the routine: what each of them takes alone while
// the machine is as it is when the routine is executed. A machine that others share changes its
// speed within seconds; figures that were taken a minute before would be held against another one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/figures.hpp"
#include "harness/in_step.hpp"
#include "harness/routine_trial.hpp"

namespace shortfall {

class Apart {
 public:
  // Collective over the job, as all of it is. Throws Stopped on all ranks alike.
  Apart(RoutineTrial& trial, const Bench& bench, const Effort& effort);

  // Every operation once more, and the heaviest product also by the first rank while the others are
  // idle: as often as there are copies of its operands, all ranks at the same
  // time, none of its operands in a cache. Where ranks wait for CPUs that others use, time slices
  // are longer than most operations: there each is repeated for as long as several of them, on
  // the same copies.
  void run();

  // Collective. Medians over turns: "step_computing_s", what this rank took for all that it
  // computes in a step, operation by operation, "step_computing_typical_s", the same of the typical
  // rank, and "step_computing_together_s", what it would have taken if ranks waited for one another
  // after each. An interruption is seldom in an operation, yet always in one of them: sums have it
  // where medians of operations do not.
  std::vector<Figure> figures() const;

  // One for each, as of the case of its own, with "turn" beside its parameters. Their data are
  // verified with the routine's.
  std::vector<Result> results(const std::string& turn) const;

 private:
  struct Alone {
    std::uint32_t operation;  // its number in the routine
    int times;                // in one execution; 0: none does that
    Case which;
    std::vector<Seconds> mine;   // of one call, by turn; zero: this rank takes no part
    int calls;                   // of one turn
    bool by_first_rank = false;  // alone
  };

  void add_by_first_rank();
  bool is_mine(const Alone& alone) const;  // this rank does it
  void prepare_sweep(std::uint64_t seed);
  void take_turn();
  Seconds time_of(const Alone& alone);
  Measured measured(const Alone& alone) const;
  void sweep();
  Seconds waited() const;  // so far, for a CPU
  void lengthen();

  RoutineTrial& trial_;
  const Bench& bench_;
  Seconds patience_;
  InStep in_step_;
  std::unique_ptr<Trial> sweep_;  // a pass over more than the caches hold; nullptr = none is known
  std::vector<Alone> all_;
  bool is_first_ = true;
};

}  // namespace shortfall

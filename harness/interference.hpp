// Two operations at once, each on a stream of its own: how much they slow one another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/in_step.hpp"
#include "harness/runner.hpp"
#include "harness/trial.hpp"

namespace shortfall {

// In turns: each alone, then each while the other one goes on from before its start until after its
// end. A turn's ratio of both times is one sample, so that clocks that drift are in neither.
class Interference {
 public:
  // Collective over the job, of which the ranks of `group` work together. Throws Stopped where a
  // rank cannot do either.
  Interference(const Benchmark& benchmark, const Pairing& pairing, const std::string& group,
               const Bench& bench, const Effort& effort);
  ~Interference();

  // Collective. The times are those of the first operation beside the second, of the slowest rank.
  // Figures, of each rank: for NAME of both "NAME_alone_s", "NAME_beside_s" and "NAME_slowdown",
  // the ratio of the two, whose 95 % interval is from "NAME_slowdown_low" to "NAME_slowdown_high".
  Measured run();

 private:
  struct Side;

  void find_calls();
  void take_turn();
  Seconds timed(Side& side, Side* beside);
  Seconds time_of(Side& side, Side* beside);
  void start(Side& side, int calls);
  void finish(Side& side);
  void check();
  std::vector<Figure> figures() const;
  Details details() const;
  Measured concluded();

  const Bench& bench_;
  Effort effort_;
  InStep in_step_;
  std::unique_ptr<Stream> second_stream_;
  std::unique_ptr<Bench> second_bench_;
  Communicator* communicator_ = nullptr;  // of this rank's group
  std::unique_ptr<Side> one_, other_;
  std::uint64_t turns_ = 0;
  double calls_ = 0, checked_ = 0;
  std::optional<WrongData> wrong_;
  std::vector<Seconds> slowest_;  // by turn: of the first operation beside the second
};

}  // namespace shortfall

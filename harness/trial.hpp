// One case made ready on this rank: the runner turns this handle and knows nothing of what it does.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "backends/communicator.hpp"
#include "backends/device.hpp"
#include "backends/world.hpp"

namespace shortfall {

struct Rig {  // what a trial may use
  Device& device;
  Stream& stream;
  World* group;                // nullptr: this rank is idle
  Communicator* communicator;  // nullptr: ranks work for themselves
};

// The trial that serves every operation. Only run() is timed.
//
// Operations between ranks have two sets of buffers. A batch is timed on one of them, and ends with
// one more call, untimed, on the other: its numbers are different, so that a library that returns
// the result before last is found out. The sets change places with every batch.
//
// An operation that is to find nothing in a cache has so many sets that together they are three
// times as large as the device's cache, and each call works on the next one.
class Trial {
 public:
  // What cannot be done here, and why; or the trial. All ranks of the group call it alike.
  static std::variant<std::unique_ptr<Trial>, Unsupported> make(const Operation& operation, Rig rig,
                                                                std::uint64_t seed);

  void arm(std::uint64_t batch);                  // fresh inputs, poisoned outputs
  void refill() { fill(*timed_, timed_->draw); }  // what run() has consumed, with the same numbers
  void run();
  void run_witness();     // after the timed calls, where there is a second set
  int witnesses() const;  // calls of it
  // The last use of each set, on this rank, when all is done.
  std::optional<Mismatch> check();
  int checked() const;  // calls that check() vouches for
  bool is_checkable() const;
  // Of the last output, where equal inputs must give equal bits on all ranks.
  std::optional<std::uint64_t> fingerprint() const { return fingerprint_; }
  Details details() const;
  std::vector<Figure> figures() const { return timed_->prepared->figures(); }

 private:
  struct Set {
    Operands operands;
    std::unique_ptr<Prepared> prepared;
    Draw draw;
    bool is_used = false;  // since it was armed
  };

  Trial(const Operation& operation, Rig rig, std::uint64_t seed);
  std::optional<Unsupported> prepare();
  Preparation prepare(Operands& on);
  std::variant<std::size_t, Unsupported> sets_needed(Bytes of_each) const;
  void use(Set& set);
  void fill(Set& set, const Draw& draw);
  std::optional<Mismatch> check(Set& set);
  std::optional<Mismatch> check_repeat(Set& set, const Pattern& pattern);
  bool draws_once() const;
  bool takes_turns() const;

  Operation operation_;
  Rig rig_;
  Group group_;
  std::uint64_t seed_;
  std::vector<Set> sets_;
  Set* timed_ = nullptr;
  std::size_t turn_ = 0;  // of sets that take turns
  std::optional<std::uint64_t> fingerprint_;
};

}  // namespace shortfall

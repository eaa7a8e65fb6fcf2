// One case made ready on this rank: the runner turns this handle and knows nothing of what it does.
#pragma once

#include <optional>
#include <string>
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

// Only run() is timed.
class Trial {
 public:
  virtual ~Trial() = default;
  virtual void arm(std::uint64_t batch) = 0;  // fresh inputs, poisoned outputs
  virtual void refill() = 0;                  // what run() has consumed, with the same numbers
  virtual void run() = 0;
  virtual void run_witness() = 0;     // after the timed calls, where there is a second set
  virtual int witnesses() const = 0;  // calls of it
  // The last use of each set of operands, on this rank, when all is done.
  virtual std::optional<Mismatch> check() = 0;
  virtual std::string wrong_operation() const { return {}; }  // of several, the one check() found
  virtual int checked() const = 0;                            // calls that check() vouches for
  virtual bool is_checkable() const = 0;
  virtual bool takes_time() const { return true; }  // false: this rank only lends its memory
  // Of the last output, where equal inputs must give equal bits on all ranks.
  virtual std::optional<std::uint64_t> fingerprint() const = 0;
  virtual Details details() const = 0;
  virtual std::vector<Figure> figures() const = 0;
};

}  // namespace shortfall

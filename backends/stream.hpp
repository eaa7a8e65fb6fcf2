// Where work is enqueued, and how anybody learns when it was done.
#pragma once

#include <cstddef>

#include "core/units.hpp"

namespace shortfall {

struct Stamp {
  std::size_t number;
};

// Used by one thread.
class Stream {
 public:
  virtual ~Stream() = default;
  // Makes room for `count` stamps and forgets the old ones: so that stamp() allocates nothing.
  virtual void reserve_stamps(std::size_t count) = 0;
  virtual Stamp
  stamp() = 0;              // marks the end of what is enqueued so far; at most the reserved count
  virtual bool done() = 0;  // polls; throws the error of anything that failed since it was enqueued
  virtual Seconds elapsed(Stamp from, Stamp to) = 0;  // only when done()
  // When the stamp was passed, on the clock of World::now(); only when done(). A stream whose
  // device has another clock answers false to has_host_clock(), and throws.
  virtual bool has_host_clock() const { return false; }
  virtual Seconds at(Stamp stamp) = 0;
};

class Communicator;

// Polls until done. Aborts `communicator` (if any) and throws Lost when `patience` has run out.
void wait(Stream& stream, Communicator* communicator, Seconds patience);

}  // namespace shortfall

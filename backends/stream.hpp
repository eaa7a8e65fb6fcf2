// Where work is enqueued, and how anybody learns when it was done.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/units.hpp"

namespace shortfall {

class Prepared;

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
  stamp() = 0;  // marks the end of what is enqueued so far; at most the reserved count
  // What is enqueued between hold() and release() starts all at once, where the device can wait for
  // its host: then launching is no part of the times. release() may be called twice.
  virtual void hold() {}
  virtual void release() {}
  // The device's clock from the first work after hold() until release(), measured on the device;
  // only when done(). Nothing if it cannot be told, or the time was too short.
  virtual std::optional<Frequency> clock() { return std::nullopt; }
  virtual bool done() = 0;  // polls; throws the error of anything that failed since it was enqueued
  virtual Seconds elapsed(Stamp from, Stamp to) = 0;  // only when done()
  // When the stamp was passed, on the clock of World::now(); only when done(). A stream whose
  // device has another clock answers false to has_host_clock(), and throws.
  virtual bool has_host_clock() const { return false; }
  // What other libraries enqueue on, once: a cudaStream_t where buffers are MemoryKind::cuda.
  virtual void* native_handle() { return nullptr; }
  // The same work in one launch, captured when it is refreshed, and launched once then: `wait` is
  // called to wait for that. nullptr: there are no such things here. The stream outlives it.
  virtual std::unique_ptr<Prepared> as_graph(std::unique_ptr<Prepared> /*work*/,
                                             std::function<void()> /*wait*/) {
    return nullptr;
  }
  // Lets go of its graphs, for good: a library that is to give up waits for those that hold its
  // work. Does not wait for what is enqueued.
  virtual void abandon_graphs() noexcept {}
  virtual Seconds at(Stamp stamp) = 0;
  // What is enqueued here from now on begins when what the other stream of this device has so far
  // is done.
  virtual void follow(Stream& /*other*/) {}
};

// Holds a stream for a batch, if it `is_wanted`, and releases it whatever happens.
class HeldStart {
 public:
  HeldStart(Stream& stream, bool is_wanted) : stream_(stream) {
    if (is_wanted) stream_.hold();
  }
  ~HeldStart() { stream_.release(); }
  HeldStart(const HeldStart&) = delete;
  HeldStart& operator=(const HeldStart&) = delete;

 private:
  Stream& stream_;
};

class Communicator;

// Polls until done. Throws what goes wrong in `communicator` (if any) meanwhile. When `patience`
// has run out, it is aborted: FaultOf if the ranks can go on without it, else Lost. Stuck if
// nothing ends it.
void wait(Stream& stream, Communicator* communicator, Seconds patience);

// After abort(): what is enqueued must end before its buffers may be freed, or freeing them waits
// for ever. Throws Stuck, with `why` it was given up, if it does not.
void drain(Stream& stream, Seconds patience, const std::string& why);

}  // namespace shortfall

// A thread that ends the job in order: when a signal says so, or when a case outlasts its time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/units.hpp"

namespace shortfall {

// Owned by the main thread, made before any other thread: it blocks SIGINT, SIGTERM and SIGUSR1 for
// all of them and waits for them itself.
class Sentinel {
 public:
  // Called once, on the sentinel's thread, which then ends the process with `exit_status`. `reason`
  // says what happened: "SIGTERM", "case ... exceeded --case-timeout of 60 s".
  using LastWords = std::function<void(const std::string& reason)>;

  virtual ~Sentinel() = default;
  virtual void on_end(LastWords last_words) = 0;
  // From now on, it ends the job unless watch() or stand_down() is called within `patience`.
  virtual void watch(std::string what, Seconds patience) = 0;
  virtual void stand_down() = 0;
  // On a rank that failed where others may wait for it for ever: ends the job after a short grace
  // unless the others arrive, that is, unless watch() or stand_down() is called.
  // How the process is ended after the last words: MPI's abort once the job is joined.
  virtual void end_by(std::function<void(int exit_status)> how) = 0;
};

std::unique_ptr<Sentinel> open_sentinel();

}  // namespace shortfall

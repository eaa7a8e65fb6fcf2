// A thread that ends the job in order: when a signal says so, or when a case outlasts its time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/units.hpp"

namespace shortfall {

// Owned by the main thread, made before any other thread: it blocks SIGINT, SIGTERM and SIGUSR1 for
// all of them and waits for them itself; SIGHUP and SIGPIPE are ignored. Any thread may call it.
// Destruction gives the signals back. Once an end has begun, on_end(), watch(), stand_down() and
// destruction do not return before it is over: what the last words use is alive while they are
// said.
class Sentinel {
 public:
  // Called once, on a thread of its own; more signals do not call it again. `reason` says what
  // happened: "interrupted by SIGTERM", "all_reduce/bytes=8 took longer than --case-timeout 60 s".
  // The end does not wait for it longer than Patience says.
  using LastWords = std::function<void(const std::string& reason)>;

  // From the reason to the end of the process. Ranks other than 0 wait so that rank 0, which says
  // the last words, can still hear of them.
  struct Grace {
    Seconds after_signal{0};
    Seconds after_overdue{0};
  };
  static constexpr Grace grace_of_others{{0.7}, {5}};

  // How long it waits at most for what it calls.
  struct Patience {
    Seconds words_after_signal{0.4};  // mpirun kills its ranks 1 s after it has sent SIGTERM
    Seconds words_after_overdue{10};
    Seconds end{2};
  };

  virtual ~Sentinel() = default;
  virtual void on_end(LastWords last_words) = 0;
  virtual void wait_before_end(Grace grace) = 0;
  // From now on, it ends the job for this reason unless watch() or stand_down() is called within
  // `patience`. Not for the timed path.
  virtual void watch(std::string reason, Seconds patience) = 0;
  // Ends the watch; signals still end the job.
  virtual void stand_down() = 0;
  // Ends the job as if a watch had run out, and never returns: for a rank whose main thread knows
  // that the job cannot go on.
  [[noreturn]] virtual void end_now(std::string reason) = 0;
  // How the process is ended, instead of std::_Exit. It is called with 3, from another thread than
  // the main one, and must not return; std::_Exit follows if it throws or takes too long.
  virtual void end_by(std::function<void(int exit_status)> how) = 0;
};

// At most one at a time in a process.
std::unique_ptr<Sentinel> open_sentinel(Sentinel::Patience patience = {});

}  // namespace shortfall

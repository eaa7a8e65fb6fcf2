// A side channel beside MPI (TCP): who is in which phase, and who is silent. It is opened before MPI
// where the launcher says where rank 0 is, so that a hang in MPI's own start can be told, too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/world.hpp"

namespace shortfall {

enum class Phase { start, join, plan, prepare, arm, run, check, vote, report, end };
std::string_view name_of(Phase phase);

struct Sighting {
  int rank = 0;
  std::string host;  // empty if the rank was never heard
  Phase phase = Phase::start;
  std::string what;      // the case, or the error that this rank has seen
  Seconds in_phase;      // for how long, at the last word
  Seconds silent;        // since the last word; since the start if there was none
  bool is_silent = false;
};

// Owned by the main thread; a thread of its own sends and listens.
class Beacon {
 public:
  virtual ~Beacon() = default;
  // Cheap and without system calls, but not for the timed path. `what` is sent with the next
  // heartbeat (every 0.25 s).
  virtual void enter(Phase phase) = 0;
  virtual void describe(std::string what) = 0;
  // On rank 0, from any thread: what is known of every rank. Elsewhere: this rank alone.
  virtual std::vector<Sighting> sightings() const = 0;
  // Where ranks that could not be told before must connect: set on rank 0, given to the others.
  virtual std::string address() const = 0;
  virtual void connect(const std::string& address) = 0;
};

// For a job of one process, or one whose launcher says nothing: opened after joining by connect().
std::unique_ptr<Beacon> open_beacon(const std::optional<Launched>& launched);

// "rank 1 on node07: run all_reduce/bytes=8 for 31 s", "rank 3: silent for 12 s, last seen in ...".
std::string describe(const Sighting& sighting);

}  // namespace shortfall

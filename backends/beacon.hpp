// A side channel beside MPI (TCP): who is in which phase, and who is silent. It is opened before
// MPI where the launcher says where rank 0 is, so that a hang in MPI's own start can be told, too.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/world.hpp"

namespace shortfall {

enum class Phase { start, join, plan, prepare, arm, run, check, vote, report, end };
std::string_view name_of(Phase phase);

struct Sighting {
  int rank = 0;
  std::string host;  // empty if the rank was never heard
  Phase phase = Phase::start;
  std::string what;  // the case, or the error that this rank has seen; ASCII, one line
  Seconds in_phase;  // for how long, at the last word
  Seconds silent;    // since the last word, or the end of its connection; since the start without
  // No word for 2 s, or the connection ended though the rank was not in its last phase; `what` then
  // ends with "(connection closed)".
  bool is_silent = false;
};

// Owned by the main thread; a thread of its own sends and listens.
class Beacon {
 public:
  virtual ~Beacon() = default;
  // Without locks and system calls: may be called right before and after what is timed. It is sent
  // with the next heartbeat, within 0.25 s.
  virtual void enter(Phase phase) = 0;
  virtual void describe(std::string what) = 0;  // not for the timed path
  // On rank 0, from any thread: what is known of every rank. Elsewhere: this rank alone.
  virtual std::vector<Sighting> sightings() const = 0;
  // Where ranks that could not be told before must connect: "host:port" on rank 0, to be given to
  // the others' connect(). Empty where there is nothing to connect to; connect() then does nothing,
  // nor does it on a rank that is connected already.
  virtual std::string address() const = 0;
  virtual void connect(const std::string& address) = 0;
};

// Opens no socket for a job of one rank, and none where no launcher says which rank this is.
std::unique_ptr<Beacon> open_beacon(const std::optional<Launched>& launched);

// "rank 1 on node07: run all_reduce/bytes=8 for 31 s", "rank 3: silent for 12 s, last seen in ...".
std::string describe(const Sighting& sighting);

}  // namespace shortfall

// The control plane: how ranks find each other and agree. Never on a timed path. All calls but
// rank(), size(), host() and now() are collective; each gives every rank the same answer. A call
// that other ranks do not join within the patience throws Lost.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/units.hpp"

namespace shortfall {

struct Vote {
  // In order of weight. `follow`: gave up because another rank did; `stuck`: for good.
  enum class Kind { ready, skip, follow, fail, stuck };
  Kind kind = Kind::ready;
  std::string reason;
  int about = -1;  // the rank in the job whose fault it is; -1: the voter's
};

struct Ballot {  // the weightiest vote; of equals, the lowest rank's
  Vote vote;
  int rank = 0;  // whom it is about
};

struct Slowest {
  Seconds time;
  int rank = 0;
};

struct Deadline {  // how long to wait for the others
  Seconds patience{60};
};

class World {
 public:
  virtual ~World() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual std::string host(int rank) const = 0;
  virtual Seconds now()
      const = 0;  // of a clock that only goes forward, shared by ranks of one host
  // How long joining the job took this rank (MPI_Init); zero where there was nothing to join.
  virtual Seconds joined_in() const { return {}; }
  // Who brought the ranks together: "mpi", "tcp"; empty where there was nothing to join.
  virtual std::string joined_by() const { return ""; }
  virtual void set_deadline(Deadline deadline) = 0;  // of every later call; not collective
  virtual Deadline deadline() const { return {}; }

  virtual void barrier() = 0;
  virtual void broadcast(std::span<std::byte> data, int from) = 0;
  virtual std::vector<std::byte> gather(
      std::span<const std::byte> mine) = 0;  // equal sizes; by rank
  // Texts of any length; by rank on rank 0, nothing on the others.
  virtual std::vector<std::string> collect(const std::string& mine);
  virtual Ballot vote(Vote mine) = 0;
  // Says to all ranks of the job that this one cannot go on with what they do together, so that
  // they need not wait for it until their patience ends. Not collective; heard until the next vote.
  virtual void raise_alarm() {}
  virtual bool hears_alarm() { return false; }  // polls
  // The rank in the job of a rank of this World.
  virtual int rank_in_job(int rank) const { return rank; }
  virtual Slowest slowest(Seconds mine) = 0;
  virtual void slowest_of_each(std::span<Seconds> times) = 0;  // element by element, in place
  // The ranks of equal colour in order of their places, equal ones in order of rank; nullptr for
  // those whose colour is negative.
  virtual std::unique_ptr<World> split(int color, int place) = 0;
  // What must be added to this rank's now() to get rank 0's; the ranks of a host share one clock.
  virtual Seconds clock_offset() = 0;
};

// What rank `from` holds. For decisions that must not be repeated per rank.
template <class T>
T broadcast(World& world, T mine, int from = 0) {
  static_assert(std::is_trivially_copyable_v<T>);
  world.broadcast(std::as_writable_bytes(std::span(&mine, 1)), from);
  return mine;
}

std::string broadcast(World& world, std::string mine, int from = 0);

// One value of each rank, by rank, on every rank.
template <class T>
std::vector<T> gather(World& world, const T& mine) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::vector<std::byte> raw = world.gather(std::as_bytes(std::span(&mine, 1)));
  std::vector<T> all(raw.size() / sizeof(T));
  std::copy(raw.begin(), raw.end(), std::as_writable_bytes(std::span(all)).begin());
  return all;
}

std::vector<std::string> gather(World& world, const std::string& mine);

// Their names, by rank.
std::vector<std::string> hosts_of_ranks(const World& world);

// What the launcher told this process before it joins the job; nothing = started by hand. Reads
// the environment of mpirun, srun and PMI launchers, of torchrun and of all that set RANK and
// WORLD_SIZE as it does.
struct Launched {
  std::string launcher;  // "mpirun", "srun", "mpiexec", "torchrun"
  int rank = 0;
  int size = 1;
  int local_rank = 0;      // -1 and
  int local_size = 1;      // 0 = not told; see learn_places()
  std::string job;         // the same on all ranks of a job, and on no other job; empty if not told
  std::string first;       // addresses of rank 0's host, separated by commas; empty if not told
  bool brings_mpi = true;  // false: ranks find each other at
  std::string master = {};  // the name or address where rank 0 listens; empty if not told
  int master_port = 0;
};
// The value of a variable, or nullptr: std::getenv outside of tests.
using Environment = std::function<const char*(const char* name)>;
std::optional<Launched> launched(const Environment& environment);
std::optional<Launched> launched();

// What is missing or wrong where WORLD_SIZE tells of several ranks though nothing was launched();
// empty if nothing is.
std::string fault_of_launch(const Environment& environment);
std::string fault_of_launch();

// Sets LOCAL_RANK and LOCAL_WORLD_SIZE, where launched() was not told, by who is on which host of
// the job. Returns "VARIABLE=value" of each that was set.
std::vector<std::string> learn_places(const World& job);

// A job of this process alone, which costs nothing to join; see joining.hpp for the other ways.
std::unique_ptr<World> stay_alone();

}  // namespace shortfall

// The job this process is part of: guarded against signals and hangs from its first moment, bound
// to cores, joined.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/beacon.hpp"
#include "backends/binding.hpp"
#include "backends/sentinel.hpp"
#include "backends/world.hpp"

namespace shortfall {

class Job {
 public:
  // Whether a process that no launcher started joins a job of its own, as measuring needs: starting
  // MPI for one process takes 0.3 s.
  enum class Without { launcher_joins, launcher_stays_alone };
  explicit Job(Without launcher = Without::launcher_joins);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  World& world() { return *world_; }
  Beacon& beacon() { return *beacon_; }
  Sentinel& sentinel() { return *sentinel_; }
  const Bound& bound() const { return bound_; }
  bool is_first() const { return world_->rank() == 0; }
  const std::vector<std::string>& remarks() const { return remarks_; }  // what was set, for events

 private:
  void bind();

  std::unique_ptr<Sentinel> sentinel_;
  std::unique_ptr<Beacon> beacon_;
  Bound bound_;
  std::vector<std::string> remarks_;
  std::unique_ptr<World> world_;
};

// Whether this process speaks for the job: by what the launcher says, before it is joined.
bool speaks();

}  // namespace shortfall

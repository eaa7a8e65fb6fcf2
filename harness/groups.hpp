// Which ranks work together in a case: the values of the axis "group".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "backends/communicator.hpp"
#include "backends/world.hpp"

namespace shortfall {

// all    every rank for itself, all at the same time
// one    rank 0 for itself, the others idle
// world  all ranks together
// pairs  rank i with rank i + n/2, all pairs at the same time; the odd one out is idle
// Nothing = this rank is idle; ranks of one group have the same number.
std::optional<int> group_of(const std::string& kind, int rank, int size);

// Whether ranks of a group talk to one another.
bool is_joint(const std::string& kind);

struct Member {
  std::unique_ptr<World> world;                // of this rank's group; nullptr = idle
  std::unique_ptr<Communicator> communicator;  // of joint groups
};

// Made when a case first asks for them, kept until the end: making communicators is expensive.
class Groups {
 public:
  using Open = std::function<std::unique_ptr<Communicator>(World&)>;

  Groups(World& job, Open open) : job_(job), open_(std::move(open)) {}
  Member& at(const std::string& kind);  // collective over the job

 private:
  World& job_;
  Open open_;
  std::map<std::string, Member> members_;
};

}  // namespace shortfall

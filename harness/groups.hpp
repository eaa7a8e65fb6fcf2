// Which ranks work together in a case: the values of the axis "group".
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/communicator.hpp"
#include "backends/world.hpp"
#include "core/group_words.hpp"
#include "core/operation.hpp"

namespace shortfall {

// The number of each rank's host, by rank; hosts are numbered as they first appear.
using HostOfRank = std::vector<int>;
HostOfRank hosts_of(const World& job);

// The number of each rank's group, by rank; -1 = idle.
using Partition = std::vector<int>;

// all           every rank for itself, all at the same time
// one           rank 0 for itself, the others idle
// world         all ranks together
// halves        the first half of the ranks and the second, at the same time
// pairs         rank i with rank i + n/2, all pairs at the same time
// next_pairs    rank 2i with rank 2i + 1, all pairs at the same time
// within_host   the ranks of each host, all hosts at the same time
// across_hosts  the first rank of each host
// rails         rank i of each host, for every i at the same time
// A-B           rank A with rank B, the others idle
// within_host_A-B   the A-th rank of each host with its B-th, all hosts at the same time
// blocks_of_N   N ranks in a row, all blocks at the same time; the last may be smaller
// every_N       ranks whose numbers leave the same remainder by N, all at the same time
// first_blocks_of_N, first_every_N   the first of these groups, the others idle
// round_K       the K-th round, in which everybody has a partner that is another one in every
// round,
//               all pairs at the same time: see harness/rounds.hpp; round_K_cross_J, round_K_back
// Of A-B, rank A stands first: it is the one that sends. So does the rank with the lower number in
// a round, and the other one in round_K_back.
// An odd rank out is idle, and so is a rank that would be alone where ranks talk to one another.
// Throws Error for anything else.
Partition partition(const std::string& kind, const HostOfRank& hosts);

// The ranks of each group, in the order in which they stand in it; idle ones are in none.
std::vector<std::vector<int>> ranks_of_groups(const std::string& kind, const HostOfRank& hosts);

// Of the largest group; 0 if there is none.
int largest_group(const Partition& groups);

// Ranks of the host that has most.
int most_on_a_host(const HostOfRank& hosts);

// Whether ranks of a group talk to one another.
bool is_joint(const std::string& kind);

// Whether all groups are of two ranks by what they are.
bool is_of_pairs(const std::string& kind);

struct Member {
  std::unique_ptr<World> world;  // of this rank's group; nullptr = idle
  // Of joint groups, where a job has several ranks.
  std::unique_ptr<Communicator> communicator;
};

// Who carries out what is_by_link().
struct Links {
  // nullptr: nobody does.
  std::function<std::unique_ptr<Communicator>(World&, Carrier)> open = {};
  // Ranks of the job that cannot, and are idle in such cases while the others go on.
  std::map<Carrier, std::vector<int>> without = {};
};

struct Connection {  // how long it took this rank to be connected with its group; idle: nothing
  std::string group;
  std::optional<Seconds> time;
};

// Of rounds: three and their ways back, on the rail and across. Further ones put an end to the
// first.
inline constexpr std::size_t most_rounds_kept = 12;

// Made when a case first asks for them, kept until the end: making communicators is expensive.
class Groups {
 public:
  using Open = std::function<std::unique_ptr<Communicator>(World&)>;

  // With `connects_one`, a rank is connected with itself where the job has no other.
  Groups(World& job, Open open, Links links = {}, bool connects_one = false)
      : job_(job),
        open_(std::move(open)),
        links_(std::move(links)),
        connects_(job.size() > 1 || connects_one),
        hosts_(hosts_of(job)) {}

  // Collective over the job. Every carrier has members of its own: a group that only copies between
  // devices is never connected for collectives, nor the other way round. Links also connect a rank
  // with itself.
  Member& at(const std::string& kind);
  Member& at(const std::string& kind, const Operation& operation);  // by whom it is carried out
  // Who connects ranks for such an operation; "" while nobody has.
  const std::string& connected_by(Carrier carrier) const;
  // Ranks that cannot take part in what is carried out so.
  std::vector<int> without(Carrier carrier) const {
    const auto found = links_.without.find(carrier);
    return found != links_.without.end() ? found->second : std::vector<int>();
  }
  // Of those that can take part.
  int largest(const std::string& kind, Carrier carrier) const {
    return largest_group(who_takes_part(kind, carrier));
  }
  // Ends what the device of this rank waits for within operations of others, where that can be.
  void abort_connections() noexcept;
  // After a failure, on all ranks alike: what can be given up is, and made anew when a case asks.
  void give_up_connections();
  const std::vector<Connection>& connections() const { return connections_; }

 private:
  Member& member_of(const std::string& kind, Carrier carrier);
  Partition who_takes_part(const std::string& kind, Carrier carrier) const;
  void make_room_for_round(const std::string& kind, Carrier carrier);
  Member join(const std::string& kind, Carrier carrier);
  void connect(const std::string& kind, Member& member);
  Vote opened(Member& member) const;
  void link(Member& member, Carrier carrier);

  World& job_;
  Open open_;
  Links links_;
  bool connects_;
  HostOfRank hosts_;
  std::map<std::pair<std::string, Carrier>, Member> members_;
  std::deque<std::pair<std::string, Carrier>> rounds_;  // of them, the oldest first
  std::map<Carrier, std::string> connected_by_;
  std::map<std::string, std::string> refused_;  // kinds of groups that could not connect, and why
  std::vector<Connection> connections_;
};

}  // namespace shortfall

// How ranks of a group are connected, and how that is given up.
#include <algorithm>

#include "core/error.hpp"
#include "harness/groups.hpp"

namespace shortfall {
namespace {

bool can_be_given_up(const Member& member) {
  return member.communicator && member.communicator->survives_abort();
}

}  // namespace

void Groups::link(Member& member, Carrier carrier) {
  if (!links_.open) return;
  member.communicator = links_.open(*member.world, carrier);
  if (member.communicator) connected_by_[carrier] = member.communicator->name();
}

// What came of opening a communicator: of those who could not, somebody is to blame.
Vote Groups::opened(Member& member) const {
  try {
    member.communicator = open_(*member.world);
    return {};
  } catch (const Lost&) {
    throw;
  } catch (const Forsaken& e) {
    return {Vote::Kind::follow, e.what()};
  } catch (const FaultOf& e) {
    return {Vote::Kind::fail, e.what(), e.rank()};
  } catch (const std::exception& e) {
    return {Vote::Kind::fail, e.what()};
  }
}

// The first barrier included: many libraries connect when they first have something to say. All
// ranks of the group are connected or none is: whoever could not once would make the others wait
// again.
void Groups::connect(const std::string& kind, Member& member) {
  if (const auto why = refused_.find(kind); why != refused_.end()) {
    throw Error("connect the ranks of '" + kind + "'", "failed before: " + why->second);
  }
  const Seconds start = job_.now();
  const Vote mine = opened(member);
  if (mine.kind != Vote::Kind::ready) member.world->raise_alarm();
  const Ballot ballot = member.world->vote(mine);
  if (ballot.vote.kind != Vote::Kind::ready) {
    if (member.communicator) member.communicator->abort();
    member.communicator.reset();
    refused_[kind] = ballot.vote.reason;
    throw FaultOf(ballot.rank, "connect the ranks of '" + kind + "'", ballot.vote.reason);
  }
  if (!member.communicator) return;  // nobody connects ranks here
  connected_by_[Carrier::communicator] = member.communicator->name();
  member.communicator->synchronize();
  Connection& connection = *std::ranges::find(connections_, kind, &Connection::group);
  if (!connection.time) connection.time = job_.now() - start;
}

void Groups::abort_connections() noexcept {
  for (auto& [which, member] : members_) {
    if (which.second == Carrier::communicator && can_be_given_up(member)) {
      member.communicator->abort();
    }
  }
}

void Groups::give_up_connections() {
  abort_connections();
  for (auto& [which, member] : members_) {
    if (which.second == Carrier::communicator && can_be_given_up(member)) {
      member.communicator.reset();
    }
  }
}

}  // namespace shortfall

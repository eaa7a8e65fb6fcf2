#include "backends/all_or_none.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "core/error.hpp"

namespace shortfall {
namespace {

// What all ranks say needs no name; what some say is told with the rank that is heard.
std::string reason_of(const Ballot& ballot, const Vote& mine, World& group) {
  const std::string& reason = ballot.vote.reason;
  const auto agree = gather(group, mine.reason == reason ? 1 : 0);
  if (std::ranges::count(agree, 0) == 0) return reason;
  for (int rank = 0; rank < group.size(); ++rank) {
    if (group.rank_in_job(rank) != ballot.rank) continue;
    return fmt::format("rank {} on {}: {}", ballot.rank, group.host(rank), reason);
  }
  return reason;
}

}  // namespace

std::optional<Unsupported> all_or_none(World& group,
                                       const std::function<std::optional<Unsupported>()>& each) {
  Vote mine;
  std::exception_ptr thrown;
  try {
    if (const auto no = each()) mine = {Vote::Kind::skip, no->reason};
  } catch (const Lost&) {
    throw;  // nobody is left to vote with
  } catch (const Forsaken& e) {
    mine = {Vote::Kind::follow, e.what()};
    thrown = std::current_exception();
  } catch (const OutOfMemory& no) {
    mine = {Vote::Kind::skip, no.what()};
  } catch (const std::exception& e) {
    mine = {Vote::Kind::fail, e.what()};
    thrown = std::current_exception();
  }
  const Ballot ballot = group.vote(mine);
  if (ballot.vote.kind == Vote::Kind::ready) return std::nullopt;
  const std::string reason = reason_of(ballot, mine, group);
  if (thrown) std::rethrow_exception(thrown);
  return Unsupported{reason};
}

}  // namespace shortfall

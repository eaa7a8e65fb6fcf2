#include "backends/all_or_none.hpp"

#include <exception>

#include "core/error.hpp"

namespace shortfall {

std::optional<Unsupported> all_or_none(World& group,
                                       const std::function<std::optional<Unsupported>()>& each) {
  Vote mine;
  std::exception_ptr thrown;
  try {
    if (const auto no = each()) mine = {Vote::Kind::skip, no->reason};
  } catch (const Lost&) {
    throw;  // nobody is left to vote with
  } catch (const OutOfMemory& no) {
    mine = {Vote::Kind::skip, no.what()};
  } catch (const std::exception& e) {
    mine = {Vote::Kind::fail, e.what()};
    thrown = std::current_exception();
  }
  const auto [vote, rank] = group.vote(mine);
  if (thrown) std::rethrow_exception(thrown);
  if (vote.kind == Vote::Kind::ready) return std::nullopt;
  return Unsupported{vote.reason};
}

}  // namespace shortfall

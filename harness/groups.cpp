#include "harness/groups.hpp"

#include "core/error.hpp"

namespace shortfall {

std::optional<int> group_of(const std::string& kind, int rank, int size) {
  if (kind == "all") return rank;
  if (kind == "world") return 0;
  if (kind == "one") return rank == 0 ? std::optional(0) : std::nullopt;
  if (kind == "pairs") {
    const int half = size / 2;
    return rank < 2 * half ? std::optional(rank % half) : std::nullopt;
  }
  throw Error("form groups", "'" + kind + "' is none of: all, one, world, pairs");
}

bool is_joint(const std::string& kind) { return kind == "world" || kind == "pairs"; }

Member& Groups::at(const std::string& kind) {
  const auto found = members_.find(kind);
  if (found != members_.end()) return found->second;
  Member member;
  member.world = job_.split(group_of(kind, job_.rank(), job_.size()).value_or(-1));
  if (member.world && is_joint(kind)) member.communicator = open_(*member.world);
  return members_.emplace(kind, std::move(member)).first->second;
}

}  // namespace shortfall

#include "model/collectives/two_level.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace shortfall {
namespace {

using Kind = Collective::Kind;

bool is_all_to_all(Kind kind) { return kind == Kind::all_to_all || kind == Kind::all_to_allv; }

TwoLevelAlgorithms usual(Kind kind) {
  const auto one = is_all_to_all(kind) ? CollectiveAlgorithm::pairwise : CollectiveAlgorithm::ring;
  return {one, one};
}

// The two levels of one group, each with its algorithm.
class Levels {
 public:
  Levels(const TwoLevelGroup& group, const TwoLevelAlgorithms& by) : group_(group), by_(by) {}

  Seconds inside(Kind kind, Bytes bytes) const {
    return collective_time(kind, by_.inside, bytes, group_.ranks_per_node, group_.inside);
  }
  Seconds between(Kind kind, Bytes bytes) const {
    return collective_time(kind, by_.between, bytes, group_.nodes, group_.between);
  }
  Bytes shard(Bytes bytes) const { return bytes / group_.ranks_per_node; }

  // Of what is relayed: nothing where one of the levels is trivial.
  Seconds copy(Bytes bytes) const {
    const bool relays = group_.ranks_per_node > 1 && group_.nodes > 1;
    return relays ? bytes / group_.copy : Seconds{0};
  }

 private:
  const TwoLevelGroup& group_;
  const TwoLevelAlgorithms& by_;
};

void check(const TwoLevelGroup& group) {
  if (group.ranks_per_node >= 1 && group.nodes >= 1 && group.copy > Bandwidth{0}) return;
  throw BadUsage(fmt::format(
      "a collective on {} nodes of {} ranks that copy {} B/s: expected at least one of each, and a "
      "rate above zero",
      group.nodes, group.ranks_per_node, group.copy.value));
}

}  // namespace

Seconds two_level_time(Kind kind, Bytes bytes, const TwoLevelGroup& group,
                       std::optional<TwoLevelAlgorithms> choice) {
  check(group);
  const TwoLevelAlgorithms by = choice.value_or(usual(kind));
  const Levels levels(group, by);
  switch (kind) {
    case Kind::all_reduce:
      return levels.inside(Kind::reduce_scatter, bytes) +
             levels.between(kind, levels.shard(bytes)) + levels.inside(Kind::all_gather, bytes);
    case Kind::all_gather:
    case Kind::reduce_scatter:
      return levels.inside(kind, bytes) + levels.between(kind, levels.shard(bytes));
    case Kind::all_to_all:
    case Kind::all_to_allv:
      return levels.inside(kind, bytes) + levels.copy(bytes) + levels.between(kind, bytes);
    default:
      break;
  }
  throw BadUsage(fmt::format(
      "no {} in two levels: possible are all_reduce, all_gather, reduce_scatter and all_to_all",
      name_of(kind)));
}

}  // namespace shortfall

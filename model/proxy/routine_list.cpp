#include "model/proxy/routine_list.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/group_words.hpp"

namespace shortfall {
namespace {

std::string word_of(GroupWord::Kind kind, std::int64_t number) {
  return text_of(GroupWord{kind, static_cast<int>(number)});
}

std::string neighbours(std::int64_t ranks, std::int64_t all) {
  return ranks == all ? "world" : word_of(GroupWord::Kind::blocks_of, ranks);
}

std::string every(std::int64_t apart) {
  return apart == 1 ? "world" : word_of(GroupWord::Kind::every, apart);
}

// Ranks are numbered along `tensor` first. Those of experts are neighbours, or where each expert is
// shared, the ranks that share one.
std::string group_of(const Step& step, const StageRank& rank) {
  const StageRank::Groups& groups = rank.groups;
  const std::int64_t all = rank.run.gpus, of_experts = groups.experts * groups.expert_tensor;
  switch (step.axis) {
    case RankAxis::none:
      return "all";
    case RankAxis::tensor:
      return neighbours(step.group, all);
    case RankAxis::data:
      return every(groups.tensor);
    case RankAxis::data_experts:
      return every(of_experts);
    case RankAxis::experts:
      if (groups.expert_tensor == 1) return neighbours(groups.experts, all);
      if (of_experts == all) return every(groups.expert_tensor);
      break;
    default:
      break;
  }
  throw BadUsage(rank.run.id +
                 ": expected one pipeline stage, whole sequences, and experts that are dealt to "
                 "neighbouring ranks or to all; found groups of ranks that are neither neighbours "
                 "nor equally far apart");
}

}  // namespace

RoutineList::RoutineList(const StageRank& rank, std::string phase)
    : rank_(rank), phase_(std::move(phase)) {
  list_.routine.name = rank.run.id;
}

std::uint32_t RoutineList::index_of(const Step& step) {
  RoutineOperation operation{.operation = step.operation,
                             .group = group_of(step, rank_),
                             .phase = phase_.empty() ? std::string(word(step.phase)) : phase_,
                             .part = std::string(word(step.part))};
  std::vector<RoutineOperation>& known = list_.routine.operations;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const Step& other = list_.steps[i];
    const bool is_alike =
        other.axis == step.axis && other.group == step.group && other.precision == step.precision;
    if (is_alike && known[i] == operation) return static_cast<std::uint32_t>(i);
  }
  known.push_back(std::move(operation));
  list_.steps.push_back(step);
  constexpr double half = 0.5;
  owed_.push_back(half);
  return static_cast<std::uint32_t>(known.size() - 1);
}

void RoutineList::perform(PlannedSteps& steps) {
  for (PlannedStep& planned : steps) {
    if (!planned.index) planned.index = index_of(planned.step);
    double& owed = owed_[*planned.index];
    for (owed += planned.step.times; owed >= 1; owed -= 1) {
      list_.routine.order.push_back(*planned.index);
    }
  }
}

StepRoutine RoutineList::take() && {
  const std::vector<int> done = counts(list_.routine);
  for (std::size_t i = 0; i < done.size(); ++i) list_.steps[i].times = done[i];
  return std::move(list_);
}

}  // namespace shortfall

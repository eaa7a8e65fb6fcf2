#include "harness/routine_trial.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/routine_json.hpp"
#include "core/text.hpp"
#include "harness/step_case.hpp"

namespace shortfall {
namespace {

struct Use {  // of operands, by one operation on this rank
  Bytes footprint;
  std::size_t times;  // in one execution
};

Bytes held_by(const std::vector<Use>& uses, std::size_t copies) {
  Bytes sum;
  for (const Use& use : uses) {
    sum = sum + use.footprint * static_cast<double>(std::min(copies, use.times));
  }
  return sum;
}

std::vector<Use> uses_of(const Routine& routine, Groups& groups) {
  const std::vector<int> times = counts(routine);
  std::vector<Use> uses;
  for (std::size_t i = 0; i < routine.operations.size(); ++i) {
    const World* const world = groups.at(routine.operations[i].group).world.get();
    if (world == nullptr || times[i] == 0) continue;
    const Layout buffers = layout(routine.operations[i].operation, {world->rank(), world->size()});
    uses.push_back({footprint(buffers), static_cast<std::size_t>(times[i])});
  }
  return uses;
}

// Of the same name, each value once, one behind the other: "brg:avx512_core; jit:gemm".
class Merged {
 public:
  void add(const Details::value_type& entry) {
    const auto same = std::ranges::find(all_, entry.first, &Named::name);
    if (same == all_.end()) {
      all_.push_back({entry.first, {entry.second}});
    } else if (std::ranges::count(same->values, entry.second) == 0) {
      same->values.push_back(entry.second);
    }
  }
  Details details() const {
    Details joined;
    for (const Named& one : all_) joined.emplace_back(one.name, join(one.values, "; "));
    return joined;
  }

 private:
  struct Named {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Named> all_;
};

}  // namespace

std::variant<std::size_t, Unsupported> RoutineTrial::copies(const Routine& routine,
                                                            const Where& where, Bytes most) {
  constexpr double caches = 3;
  const std::vector<Use> uses = uses_of(routine, where.groups);
  if (held_by(uses, 1) > most) {
    return Unsupported{"the operands of " + routine.name + " need " +
                       scaled(held_by(uses, 1).value, "B") + ", of " + scaled(most.value, "B") +
                       " that they may take"};
  }
  std::size_t most_times = 1;
  for (const Use& use : uses) most_times = std::max(most_times, use.times);
  std::size_t copies = 1;
  while (copies < most_times && held_by(uses, copies) < where.device.cache() * caches &&
         held_by(uses, copies + 1) <= most) {
    ++copies;
  }
  return copies;
}

RoutineTrial::Made RoutineTrial::make(const Routine& routine, const Where& where,
                                      std::size_t copies, std::uint64_t seed) {
  std::unique_ptr<RoutineTrial> trial(new RoutineTrial(routine, where.stream));
  if (auto no = trial->prepare(where, copies, seed)) return std::move(*no);
  return trial;
}

// What one group cannot do ends nothing at once: its ranks are members of other groups, too, which
// would wait for them.
std::optional<Unsupported> RoutineTrial::prepare(const Where& where, std::size_t copies,
                                                 std::uint64_t seed) {
  std::optional<Unsupported> refused;
  const std::vector<int> times = counts(routine_);
  copies_ = copies;
  held_ = held_by(uses_of(routine_, where.groups), copies);
  trials_.resize(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const RoutineOperation& step = routine_.operations[i];
    const Member& member = where.groups.at(step.group);
    if (!member.world || times[i] == 0) continue;
    if (consumes_input(step.operation)) {
      refused = Unsupported{name_of_step(step) + " overwrites its input, which nobody fills again"};
      continue;
    }
    auto made = OperationTrial::make(
        step.operation, {where.device, where.stream, member.world.get(), member.communicator.get()},
        seed, std::min(copies, static_cast<std::size_t>(times[i])));
    if (const auto* const no = std::get_if<Unsupported>(&made)) {
      refused = Unsupported{name_of_step(step) + ": " + no->reason};
      continue;
    }
    trials_[i] = std::get<std::unique_ptr<OperationTrial>>(std::move(made));
  }
  if (refused) return refused;
  for (const std::uint32_t number : routine_.order) {
    if (trials_[number]) steps_.push_back({trials_[number].get(), number});
  }
  return std::nullopt;
}

void RoutineTrial::arm(std::uint64_t batch) {
  for (const auto& trial : trials_) {
    if (trial) trial->arm(batch);
  }
}

void RoutineTrial::run() {
  for (const Step& step : steps_) step.trial->run();
}

void RoutineTrial::run_stamped(std::vector<Stamp>& stamps) {
  stamps.push_back(stream_.stamp());
  for (const Step& step : steps_) {
    step.trial->run();
    stamps.push_back(stream_.stamp());
  }
}

std::optional<Mismatch> RoutineTrial::check() {
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (!trials_[i]) continue;
    const auto wrong = trials_[i]->check();
    if (!wrong) continue;
    wrong_ = name_of_step(routine_.operations[i]);
    return wrong;
  }
  return std::nullopt;
}

bool RoutineTrial::is_checkable() const {
  return std::ranges::any_of(trials_,
                             [](const auto& trial) { return trial && trial->is_checkable(); });
}

// The last execution of a batch: earlier ones' outputs are overwritten.
int RoutineTrial::checked() const {
  return std::ranges::any_of(trials_,
                             [](const auto& trial) { return trial && trial->checked() > 0; })
             ? 1
             : 0;
}

std::optional<std::uint64_t> RoutineTrial::fingerprint() const {
  std::vector<std::uint64_t> all;
  for (const auto& trial : trials_) {
    if (trial && trial->fingerprint()) all.push_back(*trial->fingerprint());
  }
  if (all.empty()) return std::nullopt;
  return shortfall::fingerprint(std::as_bytes(std::span(all)));
}

Details RoutineTrial::details() const {
  Merged all;
  all.add({"routine", routine_.name});
  all.add({"mark", mark_of(routine_)});
  all.add({"steps", std::to_string(steps_.size())});
  for (const auto& trial : trials_) {
    if (!trial) continue;
    for (const auto& entry : trial->details()) all.add(entry);
  }
  return all.details();
}

}  // namespace shortfall

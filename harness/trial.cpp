#include "harness/trial.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {

Trial::Trial(const Operation& operation, Rig rig, std::uint64_t seed)
    : operation_(operation), rig_(rig), group_{rig.group->rank(), rig.group->size()}, seed_(seed) {}

std::variant<std::unique_ptr<Trial>, Unsupported> Trial::make(const Operation& operation, Rig rig,
                                                              std::uint64_t seed) {
  std::unique_ptr<Trial> trial(new Trial(operation, rig, seed));
  try {
    if (auto no = trial->prepare()) return std::move(*no);
  } catch (const OutOfMemory& no) {  // what seemed to be free was taken meanwhile, or is in pieces
    return Unsupported{no.what()};
  }
  return trial;
}

std::optional<Unsupported> Trial::prepare() {
  const Layout buffers = layout(operation_, group_);
  const auto* const collective = std::get_if<Collective>(&operation_);
  const bool is_barrier = collective && collective->kind == Collective::Kind::barrier;
  if (buffers.output.count == 0 && !is_barrier) {
    return Unsupported{"the size is less than one element for each rank"};
  }
  const Placement where = placement(operation_);
  const auto sets = sets_needed(footprint(buffers));
  if (const auto* const no = std::get_if<Unsupported>(&sets)) return *no;
  const std::size_t count = std::get<std::size_t>(sets);
  const bool is_rotated = takes_turns();
  if (auto no = rig_.device.refuses(
          where, footprint(buffers) * (is_rotated ? static_cast<double>(count) : 1))) {
    return no;
  }
  sets_.resize(count);
  for (Set& set : sets_) {
    for (const Operand& operand : buffers.inputs) {
      set.operands.inputs.push_back(rig_.device.allocate(operand.bytes(), where));
    }
    set.operands.output = rig_.device.allocate(buffers.output.bytes(), where);
    Preparation answer = prepare(set.operands);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return std::move(*no);
    set.prepared = std::get<std::unique_ptr<Prepared>>(std::move(answer));
  }
  timed_ = &sets_.front();
  return std::nullopt;
}

Preparation Trial::prepare(Operands& on) {
  if (!is_between_ranks(operation_)) return rig_.device.prepare(operation_, on);
  if (!rig_.communicator) return Unsupported{"ranks of this group do not talk to one another"};
  if (!rig_.communicator->accepts(rig_.device.kind())) {
    return Unsupported{rig_.communicator->name() + " takes no memory of " + rig_.device.name()};
  }
  return rig_.communicator->prepare(operation_, on);
}

bool Trial::takes_turns() const { return is_cold(operation_); }

std::variant<std::size_t, Unsupported> Trial::sets_needed(Bytes of_each) const {
  if (!takes_turns()) return std::size_t{is_between_ranks(operation_) ? 2U : 1U};
  constexpr double caches = 3, most_sets = 1024;
  const Bytes cache = rig_.device.cache();
  if (cache.value <= 0) {
    return Unsupported{rig_.device.name() + " does not tell how large its cache is"};
  }
  const double sets = std::floor(cache * caches / of_each) + 2;
  if (sets <= most_sets) return static_cast<std::size_t>(sets);
  return Unsupported{"the operands are so small that it would take " +
                     std::to_string(static_cast<std::int64_t>(sets)) +
                     " copies of them to leave nothing in a cache of " + scaled(cache.value, "B")};
}

// Inputs of what one rank does alone are drawn once: a fault that depends on them would show at
// once, and drawing a gigabyte for every batch would take longer than the measurement.
bool Trial::draws_once() const { return !is_between_ranks(operation_); }

void Trial::fill(Set& set, const Draw& draw) {
  const bool is_first = set.draw.batch == 0;
  set.draw = draw;
  set.is_used = false;
  if (is_first || !draws_once()) {
    for (std::size_t i = 0; i < set.operands.inputs.size(); ++i) {
      rig_.device.fill(*set.operands.inputs[i], input(operation_, group_, i, draw));
    }
    set.prepared->refresh();
  }
  rig_.device.fill(*set.operands.output, output_before(operation_, group_, draw));
}

void Trial::arm(std::uint64_t batch) {
  timed_ = &sets_[batch % sets_.size()];
  for (Set& set : sets_) {
    const auto number = static_cast<std::uint64_t>(&set - sets_.data());
    fill(set, {seed_, draws_once() ? 1 : 1 + batch * sets_.size() + number});
  }
}

void Trial::use(Set& set) {
  set.is_used = true;
  set.prepared->enqueue(rig_.stream);
}

void Trial::run() { use(takes_turns() ? sets_[turn_++ % sets_.size()] : *timed_); }

int Trial::witnesses() const { return takes_turns() ? 0 : static_cast<int>(sets_.size()) - 1; }

void Trial::run_witness() {
  if (witnesses() == 0) return;
  for (Set& set : sets_) {
    if (&set != timed_) use(set);
  }
}

bool Trial::is_checkable() const { return expected(operation_, group_, {}).has_value(); }

int Trial::checked() const {
  return is_checkable() ? static_cast<int>(std::ranges::count(sets_, true, &Set::is_used)) : 0;
}

std::optional<Mismatch> Trial::check() {
  for (Set& set : sets_) {
    if (!set.is_used) continue;
    if (auto wrong = check(set)) return wrong;
  }
  return std::nullopt;
}

std::optional<Mismatch> Trial::check(Set& set) {
  const auto pattern = expected(operation_, group_, set.draw);
  if (!pattern) return std::nullopt;
  if (std::holds_alternative<Product>(pattern->shape)) return check_repeat(set, *pattern);
  return rig_.device.compare(*set.operands.output, *pattern);
}

// A product is checked once; its repeats must then be the same to the bit.
std::optional<Mismatch> Trial::check_repeat(Set& set, const Pattern& pattern) {
  const Bytes bytes = layout(operation_, group_).output.bytes();
  const std::uint64_t found = rig_.device.fingerprint(*set.operands.output, bytes);
  if (found == fingerprint_) return std::nullopt;
  if (auto wrong = rig_.device.compare(*set.operands.output, pattern)) return wrong;
  if (fingerprint_)
    return Mismatch{0, static_cast<double>(found), static_cast<double>(*fingerprint_)};
  fingerprint_ = found;
  return std::nullopt;
}

Details Trial::details() const {
  Details all = timed_->prepared->details();
  if (takes_turns()) all.emplace_back("copies_of_operands", std::to_string(sets_.size()));
  const Details library =
      is_between_ranks(operation_) ? rig_.communicator->details() : rig_.device.details();
  for (const auto& entry : library) {  // what the operation says of itself goes before
    const auto same = std::ranges::find(all, entry.first, &Details::value_type::first);
    if (same == all.end()) all.push_back(entry);
  }
  return all;
}

}  // namespace shortfall

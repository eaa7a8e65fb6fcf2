#include "harness/trial.hpp"

#include <algorithm>

namespace shortfall {

Trial::Trial(const Operation& operation, Rig rig, std::uint64_t seed)
    : operation_(operation), rig_(rig), group_{rig.group->rank(), rig.group->size()}, seed_(seed) {}

std::variant<std::unique_ptr<Trial>, Unsupported> Trial::make(const Operation& operation, Rig rig,
                                                              std::uint64_t seed) {
  std::unique_ptr<Trial> trial(new Trial(operation, rig, seed));
  if (auto no = trial->prepare()) return std::move(*no);
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
  if (auto no = rig_.device.refuses(where, footprint(buffers))) return no;
  sets_.resize(is_between_ranks(operation_) ? 2 : 1);
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

// Inputs of what one rank does alone are drawn once: a fault that depends on them would show at
// once, and drawing a gigabyte for every batch would take longer than the measurement.
bool Trial::draws_once() const { return !is_between_ranks(operation_); }

void Trial::fill(Set& set, const Draw& draw) {
  const bool is_first = set.draw.batch == 0;
  set.draw = draw;
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

void Trial::run_witness() {
  for (Set& set : sets_) {
    if (&set != timed_) set.prepared->enqueue(rig_.stream);
  }
}

bool Trial::is_checkable() const { return expected(operation_, group_, {}).has_value(); }

int Trial::checked() const { return is_checkable() ? static_cast<int>(sets_.size()) : 0; }

std::optional<Mismatch> Trial::check() {
  for (Set& set : sets_) {
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
  const Details library =
      is_between_ranks(operation_) ? rig_.communicator->details() : rig_.device.details();
  for (const auto& entry : library) {  // what the operation says of itself goes before
    const auto same = std::ranges::find(all, entry.first, &Details::value_type::first);
    if (same == all.end()) all.push_back(entry);
  }
  return all;
}

}  // namespace shortfall

#include "harness/operation_trial.hpp"

#include <algorithm>
#include <cmath>

#include "backends/after_stream.hpp"
#include "backends/all_or_none.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

constexpr double most_sets = 1024;

class Slice final : public Buffer {  // of a larger one
 public:
  Slice(Buffer& of, std::size_t first, Bytes size) : of_(of), first_(first), size_(size) {}
  void* address() override { return static_cast<std::byte*>(of_.address()) + first_; }
  Bytes size() const override { return size_; }
  MemoryKind kind() const override { return of_.kind(); }
  std::variant<DmaBuf, Unsupported> lend() override {
    auto lent = of_.lend();
    if (auto* const file = std::get_if<DmaBuf>(&lent)) file->skip(first_);
    return lent;
  }
  std::string device_address() const override { return of_.device_address(); }
  void take_in_arrivals() override { of_.take_in_arrivals(); }

 private:
  Buffer& of_;
  std::size_t first_;
  Bytes size_;
};

// Between two uses of a set, three times the cache is read or written.
double sets_beyond(Bytes of_each, Bytes cache) {
  constexpr double caches = 3;
  return std::floor(cache * caches / std::max(of_each, 1_B)) + 2;
}

}  // namespace

OperationTrial::OperationTrial(const Operation& operation, Rig rig, std::uint64_t seed,
                               std::optional<std::size_t> copies)
    : operation_(operation),
      rig_(rig),
      group_{rig.group->rank(), rig.group->size()},
      seed_(seed),
      copies_(copies),
      takes_turns_(copies || is_cold(operation)) {}

OperationTrial::Made OperationTrial::make(const Operation& operation, Rig rig, std::uint64_t seed,
                                          std::optional<std::size_t> copies) {
  std::unique_ptr<OperationTrial> trial(new OperationTrial(operation, rig, seed, copies));
  try {
    if (auto no = trial->prepare()) return std::move(*no);
  } catch (const OutOfMemory& no) {  // what seemed to be free was taken meanwhile, or is in pieces
    return Unsupported{no.what()};
  }
  return trial;
}

// What ranks do together they also prepare together: one that cannot must not leave the others
// waiting there.
std::optional<Unsupported> OperationTrial::prepare() {
  const auto room = [this] { return make_room(); };
  auto no = is_between_ranks(operation_) ? all_or_none(*rig_.group, room) : room();
  return no ? no : prepare_sets();
}

std::optional<Unsupported> OperationTrial::make_room() {
  const Layout buffers = layout(operation_, group_);
  const auto* const collective = std::get_if<Collective>(&operation_);
  const bool is_barrier = collective && collective->kind == Collective::Kind::barrier;
  if (buffers.output.count == 0 && !is_barrier) {
    return Unsupported{"the size is less than one element for each rank"};
  }
  if (std::string why = why_not_exact(operation_, group_); !why.empty()) {
    return Unsupported{std::move(why)};
  }
  const auto sets = sets_needed(footprint(buffers));
  if (const auto* const no = std::get_if<Unsupported>(&sets)) return *no;
  sets_.resize(std::get<std::size_t>(sets));
  return allocate(buffers);
}

std::optional<Unsupported> OperationTrial::allocate(const Layout& buffers) {
  const double held = takes_turns_ ? static_cast<double>(sets_.size()) : 1;
  if (auto no = rig_.device.refuses(placement(operation_), footprint(buffers) * held)) return no;
  for (const Operand& operand : buffers.inputs) {
    allocate(sets_, operand, [](Set& set, std::unique_ptr<Buffer> buffer) {
      set.operands.inputs.push_back(std::move(buffer));
    });
  }
  allocate(sets_, buffers.output, [](Set& set, std::unique_ptr<Buffer> buffer) {
    set.operands.output = std::move(buffer);
  });
  return std::nullopt;
}

std::optional<Unsupported> OperationTrial::prepare_sets() {
  for (Set& set : sets_) {
    Preparation answer = prepare(set.operands);
    if (auto* const no = std::get_if<Unsupported>(&answer)) return std::move(*no);
    set.prepared = std::get<std::unique_ptr<Prepared>>(std::move(answer));
  }
  timed_ = &sets_.front();
  return std::nullopt;
}

// Small ones of many sets stand side by side: a thousand times as many pages would take more time
// and memory than what they hold.
void OperationTrial::allocate(std::vector<Set>& sets, const Operand& operand,
                              const std::function<void(Set&, std::unique_ptr<Buffer>)>& give) {
  constexpr Bytes large = 16_MiB;     // of which a huge page that is partly empty is a small part
  constexpr std::size_t apart = 256;  // as cudaMalloc aligns
  const Placement where = placement(operation_);
  if (auto own = memory_of_communicator(operand.bytes())) {
    for (Set& set : sets) {
      give(set, std::move(own));
      if (&set != &sets.back()) own = memory_of_communicator(operand.bytes());
    }
    return;
  }
  if (!takes_turns_ || operand.bytes() >= large) {
    for (Set& set : sets) give(set, rig_.device.allocate(operand.bytes(), where));
    return;
  }
  const std::size_t step = (whole(operand.bytes()) + apart - 1) / apart * apart;
  const Bytes all{static_cast<double>(step * sets.size())};
  Buffer& shared = *shared_.emplace_back(rig_.device.allocate(all, where));
  for (std::size_t i = 0; i < sets.size(); ++i) {
    give(sets[i], std::make_unique<Slice>(shared, i * step, operand.bytes()));
  }
}

Preparation OperationTrial::prepare(Operands& on) {
  if (!is_between_ranks(operation_)) {
    const Prepared* const first = sets_.front().prepared.get();
    return first == nullptr ? rig_.device.prepare(operation_, on)
                            : rig_.device.prepare_alike(operation_, on, *first);
  }
  if (!rig_.communicator) return Unsupported{"ranks of this group do not talk to one another"};
  if (!rig_.communicator->accepts(memory_kind())) {
    return Unsupported{rig_.communicator->name() + " takes no memory of " + rig_.device.name()};
  }
  auto answer = prepare_between_ranks(on);
  const auto* const collective = std::get_if<Collective>(&operation_);
  if (!collective || collective->start != Collective::Start::graph) return answer;
  auto* const prepared = std::get_if<std::unique_ptr<Prepared>>(&answer);
  if (prepared == nullptr) return answer;
  const auto wait_for_all = [this] {
    // So that there is time left to vote about it.
    wait(rig_.stream, rig_.communicator, rig_.group->deadline().patience / 3);
  };
  if (auto graph = rig_.stream.as_graph(std::move(*prepared), wait_for_all)) return graph;
  return Unsupported{rig_.device.name() + " captures no graphs"};
}

// What works on the host's memory beside an accelerator knows nothing of the stream that times it.
Preparation OperationTrial::prepare_between_ranks(Operands& on) {
  auto answer = rig_.communicator->prepare(operation_, on);
  auto* const work = std::get_if<std::unique_ptr<Prepared>>(&answer);
  if (work == nullptr || memory_kind() == rig_.device.kind()) return answer;
  return after_stream(std::move(*work), *on.output,
                      {"timed_by", rig_.device.name() + ", when its stream is empty"});
}

MemoryKind OperationTrial::memory_kind() const {
  return placement(operation_).is_on_host ? MemoryKind::host : rig_.device.kind();
}

// Some of their operations need memory that they have allocated themselves.
std::unique_ptr<Buffer> OperationTrial::memory_of_communicator(Bytes bytes) const {
  if (!is_between_ranks(operation_) || !rig_.communicator) return nullptr;
  return rig_.communicator->allocate(operation_, bytes, memory_kind());
}

std::variant<std::size_t, Unsupported> OperationTrial::sets_needed(Bytes of_each) const {
  if (copies_) return std::max<std::size_t>(*copies_, 1);
  if (!takes_turns_) return std::size_t{is_between_ranks(operation_) ? 2U : 1U};
  const Bytes cache = rig_.device.cache();
  if (cache.value <= 0) {
    return Unsupported{rig_.device.name() + " does not tell how large its cache is"};
  }
  const double sets = sets_beyond(of_each, cache);
  if (sets <= most_sets) return static_cast<std::size_t>(sets);
  return Unsupported{"the operands are so small that it would take " +
                     std::to_string(static_cast<std::int64_t>(sets)) +
                     " copies of them to leave nothing in a cache of " + scaled(cache.value, "B")};
}

std::size_t OperationTrial::copies_within_reason(Bytes of_each, Bytes cache) {
  return static_cast<std::size_t>(std::min(sets_beyond(of_each, cache), most_sets));
}

// Inputs of what one rank does alone are drawn once: a fault that depends on them would show at
// once, and drawing a gigabyte for every batch would take longer than the measurement. So are those
// of sets that take turns.
bool OperationTrial::draws_once() const {
  return !is_between_ranks(operation_) || (takes_turns_ && sets_.size() > 1);
}

void OperationTrial::fill(Set& set, const Draw& draw) {
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

void OperationTrial::arm(std::uint64_t batch) {
  timed_ = &sets_[batch % sets_.size()];
  for (Set& set : sets_) {
    const bool is_fresh = set.draw.batch > 0 && !set.is_used;
    if (draws_once() && is_fresh) continue;  // of a thousand sets, a batch may use ten
    const auto number = static_cast<std::uint64_t>(&set - sets_.data());
    const std::uint64_t before = draws_once() ? 0 : batch * sets_.size();
    fill(set, {seed_, 1 + before + (is_between_ranks(operation_) ? number : 0)});
  }
}

void OperationTrial::use(Set& set) {
  set.is_used = true;
  set.prepared->enqueue(rig_.stream);
}

void OperationTrial::run() { use(takes_turns_ ? sets_[turn_++ % sets_.size()] : *timed_); }

int OperationTrial::witnesses() const {
  return takes_turns_ ? 0 : static_cast<int>(sets_.size()) - 1;
}

void OperationTrial::run_witness() {
  if (witnesses() == 0) return;
  for (Set& set : sets_) {
    if (&set != timed_) use(set);
  }
}

bool OperationTrial::is_checkable() const { return expected(operation_, group_, {}).has_value(); }

int OperationTrial::checked() const {
  return is_checkable() ? static_cast<int>(std::ranges::count(sets_, true, &Set::is_used)) : 0;
}

std::optional<Mismatch> OperationTrial::check() {
  for (Set& set : sets_) {
    if (!set.is_used) continue;
    if (auto wrong = check(set)) return wrong;
  }
  return std::nullopt;
}

std::optional<Mismatch> OperationTrial::check(Set& set) {
  const auto pattern = expected(operation_, group_, set.draw);
  set.prepared->collect();
  if (!pattern) return std::nullopt;
  if (std::holds_alternative<Product>(pattern->shape)) return check_repeat(set, *pattern);
  return rig_.device.compare(*set.operands.output, *pattern);
}

// A product is checked once; its repeats must then be the same to the bit.
std::optional<Mismatch> OperationTrial::check_repeat(Set& set, const Pattern& pattern) {
  const Bytes bytes = layout(operation_, group_).output.bytes();
  const std::uint64_t found = rig_.device.fingerprint(*set.operands.output, bytes);
  if (found == fingerprint_) return std::nullopt;
  if (auto wrong = rig_.device.compare(*set.operands.output, pattern)) return wrong;
  if (fingerprint_)
    return Mismatch{0, static_cast<double>(found), static_cast<double>(*fingerprint_)};
  fingerprint_ = found;
  return std::nullopt;
}

Details OperationTrial::details() const {
  Details all = timed_->prepared->details();
  if (takes_turns_) all.emplace_back("copies_of_operands", std::to_string(sets_.size()));
  const Details library =
      is_between_ranks(operation_) ? rig_.communicator->details() : rig_.device.details();
  for (const auto& entry : library) {  // what the operation says of itself goes before
    const auto same = std::ranges::find(all, entry.first, &Details::value_type::first);
    if (same == all.end()) all.push_back(entry);
  }
  return all;
}

}  // namespace shortfall

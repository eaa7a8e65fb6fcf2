#include "backends/cuda/link.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/all_or_none.hpp"
#include "backends/cuda/borrowing.hpp"
#include "backends/cuda/chase.hpp"
#include "backends/cuda/copies.hpp"

namespace shortfall::cuda {
namespace {

using Way = PeerCopy::Way;

std::byte* at(void* memory, std::size_t offset) { return static_cast<std::byte*>(memory) + offset; }

// The end of a copy that another rank lends: where it arrives, or where it comes from. It is memory
// of the link's own, so that it can be lent at all: what is sent is put there beforehand, what has
// arrived is fetched afterwards, both untimed.
class PeerCopies final : public Prepared {
 public:
  PeerCopies(const PeerCopy& copy, Operands& on, std::shared_ptr<Borrowing> memory)
      : way_(copy.way),
        bytes_(whole(layout(copy, memory->group()).output.bytes())),
        on_(on),
        memory_(std::move(memory)),
        copies_(tasks(copy), copy.by, memory_->card()) {}

  void enqueue(Stream& stream) override { copies_.enqueue(own(stream)); }

  void refresh() override {
    if (way_ != Way::read || !memory_->lent()) return;
    copy_now(memory_->lent()->address(), on_.inputs.at(0)->address(),
             whole(on_.inputs.at(0)->size()));
  }

  void collect() override {
    if (way_ != Way::write || !memory_->lent()) return;
    copy_now(on_.output->address(), memory_->lent()->address(), bytes_);
    memory_->lent()->spoil();
  }

  Details details() const override {
    Details all = copies_.details();
    all.emplace_back("reached_by", memory_->text());
    return all;
  }

 private:
  std::vector<CopyTask> tasks(const PeerCopy& copy) const {
    const Group group = memory_->group();
    const auto block = whole(words_of(copy.bytes).bytes());
    std::vector<CopyTask> all;
    for (const PeerCopyPart& part : parts_of(copy, group.size)) {
      if (mover_of(part, copy.way) != group.rank) continue;
      const std::size_t offset = part.block * block;
      if (copy.way == Way::write) {
        all.push_back({on_.inputs.at(0)->address(), at(memory_->borrowed(part.to), offset), block});
      } else {
        all.push_back({memory_->borrowed(part.from), at(on_.output->address(), offset), block});
      }
    }
    return all;
  }

  Way way_;
  std::size_t bytes_;
  Operands& on_;
  std::shared_ptr<Borrowing> memory_;
  Copies copies_;
};

// Through the memory that rank 1 lends, by rank 0.
class PeerChase final : public Prepared {
 public:
  PeerChase(const Chase& chase, Operands& on, std::shared_ptr<Borrowing> memory)
      : memory_(std::move(memory)) {
    if (memory_->group().rank == 0) chase_ = chase_afar(chase, memory_->borrowed(1), on);
  }
  void enqueue(Stream& stream) override {
    if (chase_) chase_->enqueue(stream);
  }
  void refresh() override {
    if (chase_) chase_->refresh();
  }
  Details details() const override {
    Details all = chase_ ? chase_->details() : Details{};
    all.emplace_back("reached_by", memory_->text());
    return all;
  }

 private:
  std::shared_ptr<Borrowing> memory_;
  std::unique_ptr<Prepared> chase_;
};

// By whom memory is lent, by whom it is opened.
Borrowing::Plan plan_of(const PeerCopy& copy, const Group& group) {
  Borrowing::Plan plan;
  const bool is_write = copy.way == Way::write;
  const auto block = whole(words_of(copy.bytes).bytes());
  for (const PeerCopyPart& part : parts_of(copy, group.size)) {
    const int lender = is_write ? part.to : part.from;
    const std::size_t end = is_write ? (part.block + 1) * block : block;
    std::size_t& lent = plan.bytes_of.try_emplace(lender, 0).first->second;
    lent = std::max(lent, end);
    if (mover_of(part, copy.way) == group.rank) plan.opened.push_back(lender);
  }
  return plan;
}

Borrowing::Plan plan_of(const Chase& chase, const Group& group) {
  Borrowing::Plan plan;
  plan.bytes_of[1] = lines_of(chase) * Chase::line;
  if (group.rank == 0) plan.opened.push_back(1);
  return plan;
}

class CudaLink final : public Communicator {
 public:
  explicit CudaLink(World& group) : group_(group) {}

  std::string name() const override { return "cuda"; }
  bool accepts(MemoryKind kind) const override { return kind == MemoryKind::cuda; }

  Preparation prepare(const Operation& operation, Operands& on) override {
    if (const auto* const copy = std::get_if<PeerCopy>(&operation)) {
      return prepare(*copy, [&](auto memory) {
        return std::make_unique<PeerCopies>(*copy, on, std::move(memory));
      });
    }
    if (const auto* const chase = std::get_if<Chase>(&operation)) {
      return prepare(*chase, [&](auto memory) {
        return std::make_unique<PeerChase>(*chase, on, std::move(memory));
      });
    }
    return Unsupported{"a link only copies between the memories of ranks"};
  }

  void synchronize() override { group_.barrier(); }
  std::string abort() noexcept override { return {}; }  // nobody waits for a rank within a copy

 private:
  // The memory outlives the vote, whoever could not go on: it is given back by all ranks together.
  template <class Kind, class Make>
  Preparation prepare(const Kind& kind, Make make) {
    auto made = Borrowing::agree(plan_of(kind, {group_.rank(), group_.size()}), group_);
    if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
    const auto memory = std::get<std::shared_ptr<Borrowing>>(std::move(made));
    std::unique_ptr<Prepared> prepared;
    auto no = all_or_none(group_, [&]() -> std::optional<Unsupported> {
      prepared = make(memory);
      return std::nullopt;
    });
    if (no) return std::move(*no);
    return prepared;
  }

  World& group_;
};

}  // namespace

std::unique_ptr<Communicator> open_link(World& group, const PlaceOnHost&) {
  return std::make_unique<CudaLink>(group);
}

}  // namespace shortfall::cuda

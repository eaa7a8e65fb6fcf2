#include "backends/cuda/borrowing.hpp"

#include <fmt/format.h>

#include "backends/all_or_none.hpp"

namespace shortfall::cuda {
namespace {

Reach reach_of(const World& group) {
  for (int rank = 1; rank < group.size(); ++rank) {
    if (group.host(rank) != group.host(0)) return Reach::fabric;
  }
  return Reach::host;
}

Card current_card() {
  int index = 0;
  check(cudaGetDevice(&index), "ask which GPU this rank has taken");
  return card_at(index);
}

}  // namespace

Borrowing::Borrowing(World& group) : group_(group), reach_(reach_of(group)) {}

Borrowing::Made Borrowing::agree(const Plan& plan, World& group) {
  std::shared_ptr<Borrowing> made(new Borrowing(group));
  if (auto no = all_or_none(group, [&] { return made->lend(plan); })) return std::move(*no);
  made->loans_ = gather(group, made->lent_ ? made->lent_->loan() : Loan{});
  if (auto no = all_or_none(group, [&] { return made->open(plan); })) return std::move(*no);
  return made;
}

// On every rank alike, also where agree() has failed: there is a vote between any two steps. Who
// waits in vain for a rank that is lost is ended by the harness.
Borrowing::~Borrowing() {
  borrowed_.clear();
  try {
    group_.barrier();
  } catch (...) {
    return;  // Lost: the job is ending
  }
}

std::optional<Unsupported> Borrowing::lend(const Plan& plan) {
  card_ = current_card();
  const auto mine = plan.bytes_of.find(group_.rank());
  if (mine == plan.bytes_of.end()) return std::nullopt;
  auto made = LentMemory::make(mine->second, reach_, card_);
  if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
  lent_ = std::get<0>(std::move(made));
  return std::nullopt;
}

std::optional<Unsupported> Borrowing::open(const Plan& plan) {
  for (const int rank : plan.opened) {
    const auto which = static_cast<std::size_t>(rank);
    const std::string whose =
        fmt::format("rank {} on {}", group_.rank_in_job(rank), group_.host(rank));
    auto made =
        BorrowedMemory::open(loans_.at(which), plan.bytes_of.at(rank), reach_, card_, whose);
    if (auto* const no = std::get_if<Unsupported>(&made)) return std::move(*no);
    borrowed_[rank] = std::get<0>(std::move(made));
  }
  return std::nullopt;
}

std::string Borrowing::text() const {
  return reach_ == Reach::host ? "CUDA IPC" : "fabric handles";
}

}  // namespace shortfall::cuda

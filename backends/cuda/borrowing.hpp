// The memory that ranks of a group lend one another for one operation: made, opened and given back
// by all of them together.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "backends/cuda/lent_memory.hpp"
#include "backends/world.hpp"
#include "core/operation.hpp"

namespace shortfall::cuda {

class Borrowing {
 public:
  using Made = std::variant<std::shared_ptr<Borrowing>, Unsupported>;

  struct Plan {
    std::map<int, std::size_t> bytes_of;  // by the rank that lends; the same on all ranks
    std::vector<int> opened;              // the ranks whose memory this one opens
  };

  // Collective over the group; so is the destruction of what was made, for memory that somebody has
  // opened must not be freed. If one rank cannot, none can.
  static Made agree(const Plan& plan, World& group);
  ~Borrowing();
  Borrowing(const Borrowing&) = delete;
  Borrowing& operator=(const Borrowing&) = delete;

  Group group() const { return {group_.rank(), group_.size()}; }
  const Card& card() const { return card_; }
  LentMemory* lent() const { return lent_.get(); }  // nullptr: this rank lends nothing
  void* borrowed(int rank) const { return borrowed_.at(rank)->address(); }
  std::string text() const;  // for people: how ranks reach it

 private:
  explicit Borrowing(World& group);
  std::optional<Unsupported> lend(const Plan& plan);
  std::optional<Unsupported> open(const Plan& plan);

  World& group_;
  Reach reach_;
  Card card_;  // that this rank has taken
  std::unique_ptr<LentMemory> lent_;
  std::map<int, std::unique_ptr<BorrowedMemory>> borrowed_;
  std::vector<Loan> loans_;  // by rank
};

}  // namespace shortfall::cuda

// Puts into the memory of the other rank, and gets from it.
#pragma once

#include <cstdint>
#include <memory>

#include "backends/ucx/memory.hpp"
#include "backends/ucx/messages.hpp"

namespace shortfall::ucx {

// What this rank lends, and what it reaches: where puts go, or where gets come from.
struct Remote {
  std::shared_ptr<const Lent> lent;
  std::shared_ptr<const Reached> reached;
};

// Eight bytes of each of two ranks into which the other one writes.
class Announcement {
 public:
  Announcement(const std::shared_ptr<const Context>& context);
  std::string key() const { return lent_->key(); }
  void reach(const Contact& with, const std::string& key);

  std::uint64_t read() const;
  void write(const Contact& with, std::uint64_t value, Pending& pending);

 private:
  std::shared_ptr<const Lent> lent_;  // what the other one writes, and what is written there
  std::shared_ptr<const Reached> reached_;
};

// Of this rank in each call; none where only the other one makes any. It has served those at the
// latest when the link is settled.
struct OneSidedCalls {
  bool are_puts = false;
  std::size_t count = 0;
};

std::unique_ptr<Prepared> one_sided(const Ends& ends, Remote remote, const OneSidedCalls& calls);

}  // namespace shortfall::ucx

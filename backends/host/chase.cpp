#include "backends/host/chase.hpp"

#include <fmt/format.h>

#include <limits>
#include <numeric>

#include "backends/host/pages.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"

namespace shortfall {
namespace {

// A number that looks like chance in [0, below), below 2^32.
std::size_t random_below(std::size_t below, std::uint64_t seed) {
  return static_cast<std::size_t>((mix64(seed) >> 32U) * below >> 32U);
}

// Each load's address is what the load before it has fetched.
const ChaseLine* follow(const ChaseLine* at) {
  static_assert(Chase::steps % Chase::unrolled == 0);
  for (int done = 0; done < Chase::steps; done += Chase::unrolled) {
#pragma GCC unroll 16
    for (int i = 0; i < Chase::unrolled; ++i) at = at->next;
  }
  return at;
}

class ChasePass final : public Prepared {
 public:
  ChasePass(const Chase& chase, Operands& on)
      : placement_(chase.placement),
        on_(on),
        lines_(static_cast<ChaseLine*>(on.inputs.at(0)->address()), lines_of(chase)),
        moved_(static_cast<double*>(on.output->address())) {}

  void refresh() override {
    link_randomly(lines_);
    check_cycle(lines_);
    at_ = lines_.data();
    place_ = 0;
  }

  // The place of the line where it stops costs one more load in so many thousand.
  void enqueue(Stream&) override {
    at_ = follow(at_);
    const std::size_t before = place_;
    place_ = at_->place;
    *moved_ = static_cast<double>((place_ + lines_.size() - before) % lines_.size());
  }

  Details details() const override {
    Details all{{"implementation", "loads along a random cycle of 64-byte lines"},
                {"threads", "1"}};
    const Details where = placement_details(placement_, on_);
    all.insert(all.end(), where.begin(), where.end());
    return all;
  }

 private:
  Placement placement_;
  const Operands& on_;
  std::span<ChaseLine> lines_;
  double* moved_;
  const ChaseLine* at_ = nullptr;
  std::size_t place_ = 0;
};

}  // namespace

void link_randomly(std::span<ChaseLine> lines) {
  // Shuffled (Fisher and Yates) and then linked in that order: one cycle, as Sattolo's algorithm
  // draws it, whose places along the way are known, too. The start stays where it is.
  std::vector<std::uint32_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = order.size() - 1; i > 1; --i) {
    std::swap(order[i], order[1 + random_below(i, i)]);
  }
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t after = place + 1 < order.size() ? place + 1 : 0;
    lines[order[place]] = {&lines[order[after]], place};
  }
}

void check_cycle(std::span<const ChaseLine> lines) {
  constexpr const char* doing = "build a cycle through memory for the chase";
  const ChaseLine* const last = lines.data() + lines.size();
  const ChaseLine* at = lines.data();
  for (std::size_t place = 0; place < lines.size(); ++place) {
    const bool is_inside = lines.data() <= at && at < last;
    if (!is_inside || at->place != place) {
      throw Error(
          doing,
          fmt::format("after {} lines comes a wrong one; test this computer's memory", place));
    }
    at = at->next;
  }
  if (at != lines.data()) throw Error(doing, "the last line does not lead back to the first");
}

Preparation prepare_chase(const Chase& chase, Operands& on) {
  if (lines_of(chase) > std::numeric_limits<std::uint32_t>::max()) {
    return Unsupported{"the host chases through at most 2^32 lines, which are 256 GiB"};
  }
  return std::make_unique<ChasePass>(chase, on);
}

}  // namespace shortfall

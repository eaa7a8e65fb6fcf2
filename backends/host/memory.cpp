#include "backends/host/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "backends/host/memory_kernels.hpp"
#include "backends/host/now.hpp"
#include "backends/host/threads.hpp"

namespace shortfall {
namespace {

constexpr std::size_t doubles_in_line = 8;

// One of several ways to do the same.
struct Way {
  MemoryKernels kernels;
  bool is_temporal = true;
};

// The widest vectors are not always the fastest beyond the caches; of narrower ones, the next is
// enough to try.
std::vector<Way> ways_of(MemoryPass::Kind kind) {
  std::vector<MemoryKernels> levels = memory_kernels();
  if (levels.size() > 2) levels.resize(2);
  std::vector<Way> ways;
  for (const MemoryKernels& kernels : levels) {
    ways.push_back({kernels, true});
    const bool stores = kind != MemoryPass::Kind::read;
    if (stores && kernels.copy_non_temporal != nullptr) ways.push_back({kernels, false});
  }
  return ways;
}

class Pass final : public Prepared {
 public:
  Pass(const MemoryPass& pass, Operands& on, int threads)
      : kind_(pass.kind), first_(array(*on.inputs.at(0))), out_(array(*on.output)) {
    const Layout buffers = layout(pass, Group{});
    if (kind_ == MemoryPass::Kind::triad) second_ = array(*on.inputs.at(1));
    count_ = buffers.inputs[0].count;
    const std::size_t bytes = whole(work(pass, Group{}).memory);
    threads_ = threads_for(bytes, threads);
    sums_.resize(static_cast<std::size_t>(threads_));
    way_ = fastest(ways_of(kind_), bytes);
  }

  void enqueue(Stream&) override { run(way_); }

  Details details() const override {
    Details all{{"isa", std::string(way_.kernels.isa)}, {"threads", std::to_string(threads_)}};
    if (kind_ != MemoryPass::Kind::read) {
      all.emplace_back("stores", way_.is_temporal ? "regular" : "non_temporal");
    }
    return all;
  }

 private:
  struct alignas(64) Sum {  // each in a cache line of its own
    double value = 0;
  };

  static double* array(Buffer& buffer) { return static_cast<double*>(buffer.address()); }

  void run(const Way& way) {
    on_threads(threads_, [this, &way](int thread) { run_part(way, thread); });
    if (kind_ != MemoryPass::Kind::read) return;
    double sum = 0;
    for (const Sum& part : sums_) sum += part.value;
    *out_ = sum;
  }

  void run_part(const Way& way, int thread) {
    const auto [first, count] = part_of(count_, doubles_in_line, thread, threads_);
    const MemoryKernels& by = way.kernels;
    switch (kind_) {
      case MemoryPass::Kind::read:
        sums_[static_cast<std::size_t>(thread)].value = by.read(first_ + first, count);
        break;
      case MemoryPass::Kind::copy:
        (way.is_temporal ? by.copy : by.copy_non_temporal)(out_ + first, first_ + first, count);
        break;
      case MemoryPass::Kind::triad:
        (way.is_temporal ? by.triad : by.triad_non_temporal)(out_ + first, first_ + first,
                                                             second_ + first, count);
        break;
    }
  }

  // Which way wins depends on the processor, its caches and how busy the memory is: all are tried,
  // in turns. Within the second-level caches the widest regular stores always win.
  Way fastest(const std::vector<Way>& ways, std::size_t bytes) {
    const auto of_one_core = static_cast<std::size_t>(std::max(sysconf(_SC_LEVEL2_CACHE_SIZE), 0L));
    if (bytes <= of_one_core * static_cast<std::size_t>(threads_)) return ways.front();
    constexpr int turns = 4;          // the first is not counted
    constexpr double patience = 0.5;  // seconds after which the second is the last
    std::vector<double> best(ways.size(), std::numeric_limits<double>::infinity());
    const double start = now();
    for (int turn = 0; turn < turns && (turn < 2 || now() - start < patience); ++turn) {
      for (std::size_t i = 0; i < ways.size(); ++i) {
        const double time = seconds_of(ways[i]);
        if (turn > 0) best[i] = std::min(best[i], time);
      }
    }
    return ways[static_cast<std::size_t>(std::ranges::min_element(best) - best.begin())];
  }

  double seconds_of(const Way& way) {
    const double start = now();
    run(way);
    return now() - start;
  }

  MemoryPass::Kind kind_;
  const double* first_;
  const double* second_ = nullptr;
  double* out_;
  std::size_t count_ = 0;
  int threads_ = 1;
  std::vector<Sum> sums_;
  Way way_;
};

}  // namespace

Preparation prepare_pass(const MemoryPass& pass, Operands& on, int threads) {
  return std::make_unique<Pass>(pass, on, threads);
}

}  // namespace shortfall

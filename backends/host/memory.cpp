#include "backends/host/memory.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <limits>
#include <span>

#include "backends/host/memory_kernels.hpp"
#include "backends/host/threads.hpp"

namespace shortfall {
namespace {

constexpr std::size_t doubles_in_line = 8;

enum class Stores { none, regular, non_temporal };

class Pass final : public Prepared {
 public:
  Pass(const MemoryPass& pass, Operands& on, int threads)
      : kind_(pass.kind), first_(array(*on.inputs.at(0))), out_(array(*on.output)) {
    const Layout buffers = layout(pass, Group{});
    if (kind_ == MemoryPass::Kind::triad) second_ = array(*on.inputs.at(1));
    count_ = buffers.inputs[0].count;
    const std::size_t bytes = whole(buffers.inputs[0].bytes()) * (buffers.inputs.size() + 1);
    threads_ = threads_for(bytes, threads);
    sums_.resize(static_cast<std::size_t>(threads_));
    if (kind_ != MemoryPass::Kind::read) stores_ = faster_stores(bytes);
  }

  void enqueue(Stream&) override { run(stores_); }

  Details details() const override {
    Details all{{"isa", std::string(kernels_.isa)}, {"threads", std::to_string(threads_)}};
    if (stores_ != Stores::none) {
      all.emplace_back("stores", stores_ == Stores::regular ? "regular" : "non_temporal");
    }
    return all;
  }

 private:
  struct alignas(64) Sum {  // each in a cache line of its own
    double value = 0;
  };

  static double* array(Buffer& buffer) { return static_cast<double*>(buffer.address()); }

  void run(Stores stores) {
    on_threads(threads_, [this, stores](int thread) { run_part(stores, thread); });
    if (kind_ != MemoryPass::Kind::read) return;
    double sum = 0;
    for (const Sum& part : sums_) sum += part.value;
    *out_ = sum;
  }

  void run_part(Stores stores, int thread) {
    const Part mine = part_of(count_, doubles_in_line, thread, threads_);
    const bool is_regular = stores == Stores::regular;
    switch (kind_) {
      case MemoryPass::Kind::read:
        sums_[static_cast<std::size_t>(thread)].value =
            kernels_.read(first_ + mine.first, mine.count);
        break;
      case MemoryPass::Kind::copy:
        (is_regular ? kernels_.copy : kernels_.copy_non_temporal)(out_ + mine.first,
                                                                  first_ + mine.first, mine.count);
        break;
      case MemoryPass::Kind::triad:
        (is_regular ? kernels_.triad : kernels_.triad_non_temporal)(
            out_ + mine.first, first_ + mine.first, second_ + mine.first, mine.count);
        break;
    }
  }

  // Which stores win depends on the processor, its caches and how busy the memory is: both are
  // tried, in turns. Within the second-level caches regular ones always win.
  Stores faster_stores(std::size_t bytes) {
    const auto of_one_core = static_cast<std::size_t>(std::max(sysconf(_SC_LEVEL2_CACHE_SIZE), 0L));
    if (bytes <= of_one_core * static_cast<std::size_t>(threads_)) return Stores::regular;
    constexpr int turns = 4;  // the first is not counted
    double regular = std::numeric_limits<double>::infinity(), non_temporal = regular;
    for (int turn = 0; turn < turns; ++turn) {
      const double first = seconds_of(Stores::regular), second = seconds_of(Stores::non_temporal);
      if (turn == 0) continue;
      regular = std::min(regular, first);
      non_temporal = std::min(non_temporal, second);
    }
    return non_temporal < regular ? Stores::non_temporal : Stores::regular;
  }

  double seconds_of(Stores stores) {
    const auto start = std::chrono::steady_clock::now();
    run(stores);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  MemoryPass::Kind kind_;
  const double* first_;
  const double* second_ = nullptr;
  double* out_;
  std::size_t count_ = 0;
  int threads_ = 1;
  Stores stores_ = Stores::none;
  std::vector<Sum> sums_;
  const MemoryKernels kernels_ = memory_kernels().front();
};

}  // namespace

Preparation prepare_pass(const MemoryPass& pass, Operands& on, int threads) {
  return std::make_unique<Pass>(pass, on, threads);
}

}  // namespace shortfall

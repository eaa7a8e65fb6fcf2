#include "backends/host/memory.hpp"

#include <unistd.h>

#include <algorithm>

#include "backends/host/fastest.hpp"
#include "backends/host/memory_kernels.hpp"
#include "backends/host/now.hpp"
#include "backends/host/pages.hpp"
#include "backends/host/threads.hpp"

namespace shortfall {
namespace {

constexpr std::size_t doubles_in_line = 8;

// One of several ways to do the same: a sum, or a store.
struct Way {
  std::string_view isa;
  bool is_temporal = true;
  MemoryKernels::Sum sum = nullptr;
  MemoryKernels::Store store = nullptr;
};

MemoryKernels::Stores stores_of(const MemoryKernels& kernels, const MemoryPass& pass) {
  using Kind = MemoryPass::Kind;
  switch (pass.kind) {
    case Kind::read:
    case Kind::dot:
      break;
    case Kind::write:
      return kernels.write;
    case Kind::copy:
      return kernels.copy;
    case Kind::scale:
      return kernels.scale;
    case Kind::add:
      return kernels.add;
    case Kind::triad:
      return kernels.triad;
    case Kind::mix:
      return kernels.mix[pass.reads - 1];
    case Kind::gather:
      return kernels.gather;
  }
  return {};
}

MemoryKernels::Sum sum_of(const MemoryKernels& kernels, const MemoryPass& pass) {
  return pass.kind == MemoryPass::Kind::read ? kernels.read : kernels.dot;
}

// The widest vectors are not always the fastest beyond the caches; of narrower ones, the next is
// enough to try. All are for a gather: the narrowest loads each element by itself, which wins on
// some processors.
std::vector<Way> ways_of(const MemoryPass& pass) {
  std::vector<MemoryKernels> levels = memory_kernels();
  if (levels.size() > 2 && pass.kind != MemoryPass::Kind::gather) levels.resize(2);
  std::vector<Way> ways;
  for (const MemoryKernels& kernels : levels) {
    if (is_sum(pass.kind)) {
      ways.push_back({.isa = kernels.isa, .sum = sum_of(kernels, pass)});
      continue;
    }
    const auto [regular, non_temporal] = stores_of(kernels, pass);
    ways.push_back({.isa = kernels.isa, .store = regular});
    if (non_temporal != nullptr) {
      ways.push_back({.isa = kernels.isa, .is_temporal = false, .store = non_temporal});
    }
  }
  return ways;
}

PassArrays arrays_of(const MemoryPass& pass, Operands& on) {
  const Layout buffers = layout(pass, Group{});
  PassArrays arrays;
  arrays.to = static_cast<double*>(on.output->address());
  arrays.count = (is_sum(pass.kind) ? buffers.inputs[0] : buffers.output).count;
  for (std::size_t i = 0; i < buffers.inputs.size(); ++i) {
    void* const address = on.inputs.at(i)->address();
    if (buffers.inputs[i].type == DType::i32) {
      arrays.index = static_cast<const std::int32_t*>(address);
    } else {
      arrays.from[i] = static_cast<const double*>(address);
    }
  }
  return arrays;
}

// What one thread works on. The table of a gather is everybody's.
PassArrays part_of_thread(const PassArrays& all, const Part& mine, const MemoryPass& pass) {
  PassArrays part = all;
  part.count = mine.count;
  if (!is_sum(pass.kind)) part.to += mine.first;
  if (part.index != nullptr) {
    part.index += mine.first;
    return part;
  }
  for (const double*& array : part.from) {
    if (array != nullptr) array += mine.first;
  }
  return part;
}

class Pass final : public Prepared {
 public:
  Pass(const MemoryPass& pass, Operands& on, int threads, const Pass* like) : pass_(pass), on_(on) {
    const std::size_t bytes = whole(work(pass, Group{}).memory);
    threads_ = threads_for(bytes, threads);
    const PassArrays all = arrays_of(pass, on);
    for (int thread = 0; thread < threads_; ++thread) {
      const Part mine = part_of(all.count, doubles_in_line, thread, threads_);
      threads_arrays_.push_back(part_of_thread(all, mine, pass));
    }
    sums_.resize(static_cast<std::size_t>(threads_));
    const std::vector<Way> ways = ways_of(pass);
    way_ = is_gather() ? ways.front() : like != nullptr ? like->way_ : fastest(ways, bytes);
  }

  // How fast gathers are depends on their indices, which are here only now.
  void refresh() override {
    if (is_gather()) way_ = fastest(ways_of(pass_), whole(work(pass_, Group{}).memory));
  }

  void enqueue(Stream&) override { run(way_); }

  Details details() const override {
    Details all{{"isa", std::string(way_.isa)}, {"threads", std::to_string(threads_)}};
    if (way_.store != nullptr) {
      all.emplace_back("stores", way_.is_temporal ? "regular" : "non_temporal");
    }
    const Details where = placement_details(pass_.placement, on_);
    all.insert(all.end(), where.begin(), where.end());
    return all;
  }

 private:
  struct alignas(64) Sum {  // each in a cache line of its own
    double value = 0;
  };

  bool is_gather() const { return pass_.kind == MemoryPass::Kind::gather; }

  void run(const Way& way) {
    on_threads(threads_, [this, &way](int thread) {
      const auto number = static_cast<std::size_t>(thread);
      if (way.sum != nullptr) {
        sums_[number].value = way.sum(threads_arrays_[number]);
      } else {
        way.store(threads_arrays_[number]);
      }
    });
    if (way.sum == nullptr) return;
    double sum = 0;
    for (const Sum& part : sums_) sum += part.value;
    *threads_arrays_.front().to = sum;
  }

  // Which way wins depends on the processor, its caches and how busy the memory is: all are tried,
  // in turns. Within the second-level caches the widest regular stores always win, but for gathers.
  Way fastest(const std::vector<Way>& ways, std::size_t bytes) {
    const auto of_one_core = static_cast<std::size_t>(std::max(sysconf(_SC_LEVEL2_CACHE_SIZE), 0L));
    const bool is_cached = bytes <= of_one_core * static_cast<std::size_t>(threads_);
    if (is_cached && !is_gather()) return ways.front();
    constexpr int turns = 4;
    return ways[fastest_of(ways.size(), turns, [&](std::size_t i) { return seconds_of(ways[i]); })];
  }

  double seconds_of(const Way& way) {
    const double start = now();
    run(way);
    return now() - start;
  }

  MemoryPass pass_;
  const Operands& on_;
  std::vector<PassArrays> threads_arrays_;
  int threads_ = 1;
  std::vector<Sum> sums_;
  Way way_;
};

}  // namespace

Preparation prepare_pass(const MemoryPass& pass, Operands& on, int threads, const Prepared* like) {
  constexpr Bytes most_index_bytes = 8_GiB;  // 2^31 of i32
  if (pass.kind == MemoryPass::Kind::gather && on.inputs.at(1)->size() > most_index_bytes) {
    return Unsupported{"a gather's table has at most 2^31 elements"};
  }
  return std::make_unique<Pass>(pass, on, threads, dynamic_cast<const Pass*>(like));
}

}  // namespace shortfall

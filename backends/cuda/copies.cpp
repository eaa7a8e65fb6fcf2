#include "backends/cuda/copies.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shortfall::cuda {
namespace {

// As many as keep a link busy though each load takes microseconds: of 132 multiprocessors, 17 MB.
CopyWay way_for(const std::vector<CopyTask>& all, int units) {
  constexpr unsigned blocks_of_unit = 2;
  CopyWay way;
  const auto blocks = static_cast<unsigned>(units) * blocks_of_unit;
  const auto count = static_cast<unsigned>(std::max<std::size_t>(all.size(), 1));
  way.blocks = std::max(blocks / count, 1U);
  constexpr std::size_t of_thread = sizeof(double) * 2 * CopyWay::deep;
  const std::size_t at_once = of_thread * CopyWay::threads * way.blocks;
  way.is_deep =
      std::ranges::all_of(all, [&](const CopyTask& task) { return task.bytes >= at_once; });
  return way;
}

class EngineCopy final : public Prepared {
 public:
  EngineCopy(const CopyTask& task, const Card& card) : copies_({task}, Mover::copy_engine, card) {}
  void enqueue(Stream& stream) override { copies_.enqueue(own(stream)); }
  Details details() const override { return copies_.details(); }

 private:
  Copies copies_;
};

}  // namespace

Copies::Copies(std::vector<CopyTask> all, Mover by, const Card& card)
    : all_(std::move(all)),
      by_(by),
      way_(way_for(all_, card.units)),
      beside_(by == Mover::copy_engine && !all_.empty() ? all_.size() - 1 : 0) {}

void Copies::enqueue(CudaStream& on) {
  if (by_ == Mover::kernel) return enqueue_kernels(on);
  beside_.fork(on);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const CopyTask& task = all_[i];
    const cudaStream_t stream = i == 0 ? on.handle() : beside_.at(i - 1);
    check(cudaMemcpyAsync(task.to, task.from, task.bytes, cudaMemcpyDefault, stream),
          "start a copy");
  }
  beside_.join(on);
}

void Copies::enqueue_kernels(CudaStream& on) const {
  for (std::size_t first = 0; first < all_.size(); first += CopyTasks::most) {
    CopyTasks tasks;
    tasks.count = static_cast<unsigned>(std::min<std::size_t>(all_.size() - first, tasks.most));
    std::copy_n(all_.begin() + static_cast<std::ptrdiff_t>(first), tasks.count, tasks.each);
    launch_copies(tasks, way_, on.handle());
    check(cudaGetLastError(), "start a copying kernel");
  }
}

Details Copies::details() const {
  if (by_ == Mover::copy_engine) return {{"moved_by", "copy engine"}};
  if (all_.empty()) return {{"moved_by", "kernel of another rank"}};
  return {{"moved_by", fmt::format("kernel: {} loads of 16 bytes at once, {} threads, {} blocks",
                                   way_.is_deep ? CopyWay::deep : 1, CopyWay::threads,
                                   way_.blocks * all_.size())}};
}

// Some copies are only begun when the call returns.
void copy_now(void* to, const void* from, std::size_t bytes) {
  constexpr const char* doing = "copy outside of times";
  check(cudaMemcpy(to, from, bytes, cudaMemcpyDefault), doing);
  check(cudaDeviceSynchronize(), doing);
}

Preparation prepare_engine_copy(const MemoryPass& pass, Operands& on, const Card& card) {
  if (pass.kind != MemoryPass::Kind::copy) return Unsupported{"a copy engine only copies"};
  const auto bytes = whole(layout(pass, Group{}).output.bytes());
  const CopyTask task{on.inputs.at(0)->address(), on.output->address(), bytes};
  return std::make_unique<EngineCopy>(task, card);
}

}  // namespace shortfall::cuda

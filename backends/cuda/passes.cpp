#include "backends/cuda/passes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/pass_kernels.hpp"
#include "backends/cuda/pass_ways.hpp"
#include "backends/cuda/stream.hpp"
#include "core/text.hpp"

namespace shortfall::cuda {
namespace {

Formula formula_of(const MemoryPass& pass) {
  using Kind = MemoryPass::Kind;
  constexpr std::array mixes{Formula::copy, Formula::add, Formula::add3, Formula::add4};
  static_assert(mixes.size() == MemoryPass::most_reads);
  switch (pass.kind) {
    case Kind::read:
      return Formula::read;
    case Kind::write:
      return Formula::write;
    case Kind::copy:
      return Formula::copy;
    case Kind::scale:
      return Formula::scale;
    case Kind::add:
      return Formula::add;
    case Kind::triad:
      return Formula::triad;
    case Kind::dot:
      return Formula::dot;
    case Kind::gather:
      return Formula::gather;
    case Kind::mix:
      break;
  }
  return mixes.at(static_cast<std::size_t>(pass.reads - 1));
}

PassTask task_of(const MemoryPass& pass, Operands& on) {
  const Layout buffers = layout(pass, Group{});
  PassTask task;
  task.to = static_cast<double*>(on.output->address());
  task.count = (is_sum(pass.kind) ? buffers.inputs[0] : buffers.output).count;
  task.factor = MemoryPass::scale;
  task.constant = MemoryPass::constant;
  for (std::size_t i = 0; i < buffers.inputs.size(); ++i) {
    void* const address = on.inputs.at(i)->address();
    if (buffers.inputs[i].type == DType::i32) {
      task.index = static_cast<const std::int32_t*>(address);
    } else {
      task.from[i] = static_cast<const double*>(address);
    }
  }
  return task;
}

class Pass final : public Prepared {
 public:
  Pass(const MemoryPass& pass, Operands& on, const Card& card, const Pass* like)
      : formula_(formula_of(pass)),
        task_(task_of(pass, on)),
        bytes_(work(pass, Group{}).memory),
        card_(card) {
    if (is_sum(pass.kind)) {
      task_.partial = static_cast<double*>(partial_.address());
      task_.finished = static_cast<unsigned*>(finished_.address());
      check(cudaMemset(task_.finished, 0, sizeof(unsigned)), "clear a counter of blocks");
      check(cudaDeviceSynchronize(), "clear a counter of blocks");  // our streams wait for no other
    }
    if (formula_ == Formula::gather) return;
    if (like == nullptr) {
      choose();
    } else {
      way_ = like->way_;
    }
  }

  // A gather's indices are here only now.
  void refresh() override {
    if (formula_ == Formula::gather) choose();
  }

  void enqueue(Stream& stream) override {
    launch_pass(formula_, task_, way_, own(stream).handle());
    check(cudaGetLastError(), "start a pass over memory");
  }

  Details details() const override {
    const double times = bytes_ / card_.l2;
    return {{"kernel",
             fmt::format("{} loads at once, {} threads, {} blocks, {}", way_.loads, way_.threads,
                         way_.blocks, way_.is_streaming ? "streaming" : "cached")},
            {"working_set", fmt::format("{:.2g} times the second-level cache of {}", times,
                                        size_text(static_cast<std::int64_t>(card_.l2.value)))}};
  }

 private:
  void choose() { way_ = fastest_way(formula_, task_, bytes_, card_.units); }

  Formula formula_;
  PassTask task_;
  Bytes bytes_;
  Card card_;
  CudaBuffer partial_{Bytes{most_partial_sums * sizeof(double)}};
  CudaBuffer finished_{Bytes{sizeof(unsigned)}};
  PassWay way_;
};

}  // namespace

Preparation prepare_pass(const MemoryPass& pass, Operands& on, const Card& card,
                         const Prepared* like) {
  constexpr std::size_t most_indices = std::numeric_limits<std::int32_t>::max();
  const Layout buffers = layout(pass, Group{});
  if (pass.kind == MemoryPass::Kind::gather && buffers.output.count > most_indices) {
    return Unsupported{"a gather's table has less than 2^31 elements"};
  }
  return std::make_unique<Pass>(pass, on, card, dynamic_cast<const Pass*>(like));
}

}  // namespace shortfall::cuda

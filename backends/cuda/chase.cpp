#include "backends/cuda/chase.hpp"

#include <fmt/format.h>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/chase_kernels.hpp"
#include "backends/cuda/host_memory.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

class ChasePass final : public Prepared {
 public:
  ChasePass(const Chase& chase, void* lines, Operands& on)
      : task_{static_cast<ChaseLink*>(lines), lines_of(chase)},
        loads_(chase.lines == Chase::Lines::own ? ChaseLoads::cached : ChaseLoads::from_afar),
        moved_(static_cast<double*>(on.output->address())) {
    static_assert(sizeof(ChaseLink) == Chase::line && Chase::steps % links_at_once == 0);
  }

  // The check also brings the second-level cache into the state in which the chase keeps it. Lines
  // that lie elsewhere are nobody's input: they stay as they are.
  void refresh() override {
    if (is_linked_ && loads_ == ChaseLoads::from_afar) return;
    is_linked_ = true;
    constexpr const char* doing = "build a cycle through memory for the chase";
    constexpr Seconds patience{60};
    CudaStream stream(1);
    SharedArray<unsigned> wrong(1);
    launch_linking(task_, state(), stream.handle());
    launch_link_check(task_, wrong.data(), stream.handle());
    check(cudaGetLastError(), doing);
    wait(stream, nullptr, patience);
    if (wrong[0] == 0) return;
    throw Error(doing, fmt::format("{} of {} lines lead to a wrong one; test that memory", wrong[0],
                                   task_.count));
  }

  void enqueue(Stream& stream) override {
    launch_chase(task_, Chase::steps, loads_, state(), moved_, own(stream).handle());
    check(cudaGetLastError(), "start a chase");
  }

  Details details() const override {
    return {{"implementation", "loads along a random cycle of 64-byte lines, by one thread"}};
  }

 private:
  ChaseState* state() { return static_cast<ChaseState*>(state_.address()); }

  ChaseTask task_;
  ChaseLoads loads_;
  bool is_linked_ = false;
  double* moved_;
  CudaBuffer state_{Bytes{sizeof(ChaseState)}};
};

class ChaseThroughHost final : public Prepared {
 public:
  ChaseThroughHost(const Chase& chase, Operands& on, const HostNode& node)
      : node_(node),
        lines_(lines_of(chase) * Chase::line, true, node),
        chase_(chase, lines_.data(), on) {}
  void enqueue(Stream& stream) override { chase_.enqueue(stream); }
  void refresh() override { chase_.refresh(); }
  Details details() const override {
    Details all = chase_.details();
    all.emplace_back("host_node", node_.text);
    return all;
  }

 private:
  HostNode node_;
  HostMemory lines_;
  ChasePass chase_;
};

}  // namespace

Preparation prepare_chase(const Chase& chase, Operands& on, const Card& card) {
  if (chase.lines == Chase::Lines::own) {
    return std::make_unique<ChasePass>(chase, on.inputs.at(0)->address(), on);
  }
  auto node = host_node(chase.placement.node, chase.bytes, card);
  if (auto* const no = std::get_if<Unsupported>(&node)) return std::move(*no);
  return std::make_unique<ChaseThroughHost>(chase, on, std::get<HostNode>(node));
}

std::unique_ptr<Prepared> chase_afar(const Chase& chase, void* lines, Operands& on) {
  return std::make_unique<ChasePass>(chase, lines, on);
}

}  // namespace shortfall::cuda

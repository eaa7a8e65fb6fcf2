#include "backends/cuda/chase.hpp"

#include <fmt/format.h>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/chase_kernels.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

class ChasePass final : public Prepared {
 public:
  ChasePass(const Chase& chase, Operands& on)
      : task_{static_cast<ChaseLink*>(on.inputs.at(0)->address()), lines_of(chase)},
        moved_(static_cast<double*>(on.output->address())) {
    static_assert(sizeof(ChaseLink) == Chase::line && Chase::steps % links_at_once == 0);
  }

  // The check also brings the second-level cache into the state in which the chase keeps it.
  void refresh() override {
    constexpr const char* doing = "build a cycle through GPU memory for the chase";
    constexpr Seconds patience{60};
    CudaStream stream(1);
    SharedArray<unsigned> wrong(1);
    launch_linking(task_, state(), stream.handle());
    launch_link_check(task_, wrong.data(), stream.handle());
    check(cudaGetLastError(), doing);
    wait(stream, nullptr, patience);
    if (wrong[0] == 0) return;
    throw Error(doing, fmt::format("{} of {} lines lead to a wrong one; test this GPU's memory",
                                   wrong[0], task_.count));
  }

  void enqueue(Stream& stream) override {
    launch_chase(task_, Chase::steps, state(), moved_, own(stream).handle());
    check(cudaGetLastError(), "start a chase");
  }

  Details details() const override {
    return {{"implementation", "loads along a random cycle of 64-byte lines, by one thread"}};
  }

 private:
  ChaseState* state() { return static_cast<ChaseState*>(state_.address()); }

  ChaseTask task_;
  double* moved_;
  CudaBuffer state_{Bytes{sizeof(ChaseState)}};
};

}  // namespace

Preparation prepare_chase(const Chase& chase, Operands& on) {
  return std::make_unique<ChasePass>(chase, on);
}

}  // namespace shortfall::cuda

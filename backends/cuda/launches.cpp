#include "backends/cuda/launches.hpp"

#include "backends/call.hpp"
#include "backends/cuda/buffer.hpp"
#include "backends/cuda/graph.hpp"
#include "backends/cuda/launch_kernels.hpp"
#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {
namespace {

// What is asked for is what the host has to do: nothing of it may lie behind a gate.
cudaStream_t released(Stream& stream) {
  own(stream).release();
  return own(stream).handle();
}

void tick_all(double* count, cudaStream_t stream) {
  for (int i = 0; i < launches_of_call; ++i) launch_tick({count, 1, i == 0}, stream);
  check(cudaGetLastError(), "start a kernel");
}

Preparation prepare_stream(double* count) {
  return prepared_call([count](Stream& stream) { tick_all(count, released(stream)); });
}

class GraphOfTicks final : public Prepared {
 public:
  explicit GraphOfTicks(double* count) {
    CudaStream recorder(1);
    ready_ = captured(recorder, [&] { tick_all(count, recorder.handle()); });
  }
  ~GraphOfTicks() override { cudaGraphExecDestroy(ready_); }
  GraphOfTicks(const GraphOfTicks&) = delete;
  GraphOfTicks& operator=(const GraphOfTicks&) = delete;

  void enqueue(Stream& stream) override {
    check(cudaGraphLaunch(ready_, released(stream)), "start a graph");
  }

 private:
  cudaGraphExec_t ready_ = nullptr;
};

class RoundTrips final : public Prepared {
 public:
  explicit RoundTrips(double* count) : count_(count) {}

  void enqueue(Stream& stream) override {
    const cudaStream_t on = released(stream);
    for (int i = 0; i < launches_of_call; ++i) {
      launch_tick({count_, 1, i == 0, answer_.data(), ++ticket_}, on);
      check(cudaGetLastError(), "start a kernel");
      wait_for_answer(on);
    }
  }

 private:
  // Looks at the stream now and then: a GPU that has failed does not answer.
  void wait_for_answer(cudaStream_t on) {
    constexpr int looks = 1 << 20;
    const volatile std::uint32_t& answer = answer_[0];
    while (true) {
      for (int look = 0; look < looks; ++look) {
        if (answer == ticket_) return;
      }
      const cudaError_t status = cudaStreamQuery(on);
      if (status == cudaErrorNotReady) {
        cudaGetLastError();
        continue;
      }
      check(status, "wait for a kernel's answer");
      if (answer != ticket_) throw Error("wait for a kernel's answer", "it ended without one");
    }
  }

  double* count_;
  SharedArray<std::uint32_t> answer_{1};
  std::uint32_t ticket_ = 0;
};

// The one kernel that notes how often it was asked is part of the call.
void ask_and_note(double* count, cudaStream_t stream) {
  for (int i = 0; i < launches_of_call; ++i) {
    check(cudaStreamSynchronize(stream), "ask a stream whether it is done");
  }
  launch_tick({count, static_cast<double>(launches_of_call), true}, stream);
  check(cudaGetLastError(), "start a kernel");
}

Preparation prepare_synchronize(double* count) {
  return prepared_call([count](Stream& stream) { ask_and_note(count, released(stream)); });
}

}  // namespace

Preparation prepare_launch(const Launch& launch, Operands& on) {
  auto* const count = static_cast<double*>(on.output->address());
  switch (launch.kind) {
    case Launch::Kind::stream:
      break;
    case Launch::Kind::graph:
      return std::make_unique<GraphOfTicks>(count);
    case Launch::Kind::round_trip:
      return std::make_unique<RoundTrips>(count);
    case Launch::Kind::synchronize:
      return prepare_synchronize(count);
  }
  return prepare_stream(count);
}

}  // namespace shortfall::cuda

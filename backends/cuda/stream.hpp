// A stream of the GPU, whose batches start together and tell the clock that they ran at.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <set>
#include <span>
#include <vector>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/gate.hpp"
#include "backends/stream.hpp"

namespace shortfall::cuda {

// The median over multiprocessors, each of which counts its own cycles. Nothing if none was seen
// twice, or the time between was less than a millisecond.
std::optional<Frequency> clock_between(std::span<const ClockReading> before,
                                       std::span<const ClockReading> after);

class CudaStream final : public Stream {
 public:
  explicit CudaStream(int units);  // multiprocessors of its device, which is the current one
  ~CudaStream() override;
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  // To enqueue one thing on. Opens the gate before the queue of the driver is full: it would wait
  // for the gate, and the gate for the host.
  cudaStream_t handle();

  void reserve_stamps(std::size_t count) override;
  Stamp stamp() override;
  void hold() override;
  void release() override;
  std::optional<Frequency> clock() override;
  void* native_handle() override { return handle(); }
  std::unique_ptr<Prepared> as_graph(std::unique_ptr<Prepared> work,
                                     std::function<void()> wait) override;
  void abandon_graphs() noexcept override;
  // Of a graph that is to be launched on it: abandoned with the others, destroyed by forget().
  void remember(cudaGraphExec_t graph) { graphs_.insert(graph); }
  void forget(cudaGraphExec_t graph) noexcept;
  bool done() override;
  Seconds elapsed(Stamp from, Stamp to) override;
  Seconds at(Stamp) override;
  void follow(Stream& other) override;

 private:
  static constexpr std::size_t most_units = 1024;
  static constexpr int most_behind_gate = 512;

  void read_clocks(std::size_t when);
  void open() { gate_[0].opened = ticket_; }

  cudaStream_t stream_ = nullptr;
  std::set<cudaGraphExec_t> graphs_;
  std::vector<cudaEvent_t> events_;
  std::size_t used_ = 0;
  cudaEvent_t followed_ = nullptr;  // made when it is first needed
  SharedArray<Gate> gate_{1};
  std::uint32_t ticket_ = 0;
  int behind_gate_ = 0;
  bool is_held_ = false;
  // Since it was found to be done: then nobody asks the driver, which takes about as long as an
  // adapter takes for a message.
  bool is_empty_ = false;
  unsigned units_;
  // Before and after a batch.
  std::array<SharedArray<ClockReading>, 2> readings_{SharedArray<ClockReading>(most_units),
                                                     SharedArray<ClockReading>(most_units)};
};

// Every stream that work of this backend is enqueued on is one of its own.
inline CudaStream& own(Stream& stream) { return static_cast<CudaStream&>(stream); }

}  // namespace shortfall::cuda

#include "backends/cuda/stream.hpp"

#include "core/statistics.hpp"

namespace shortfall::cuda {

std::optional<Frequency> clock_between(std::span<const ClockReading> before,
                                       std::span<const ClockReading> after) {
  constexpr double shortest_ns = 1e6;  // timers step by up to a microsecond
  std::vector<double> clocks;
  for (std::size_t unit = 0; unit < before.size(); ++unit) {
    const ClockReading &from = before[unit], &to = after[unit];
    const bool is_seen_twice = from.time_ns != 0 && to.time_ns > from.time_ns;
    if (!is_seen_twice || to.cycles < from.cycles) continue;  // or it was reset in between
    const auto time = static_cast<double>(to.time_ns - from.time_ns);
    if (time < shortest_ns) continue;
    clocks.push_back(static_cast<double>(to.cycles - from.cycles) / time * 1e9);
  }
  if (clocks.empty()) return std::nullopt;
  return Frequency{median(std::move(clocks))};
}

CudaStream::CudaStream(int units) : units_(static_cast<unsigned>(units)) {
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "open a stream");
  reserve_stamps(2);
  // Kernels are loaded at their first launch, which may wait for what is running: behind a closed
  // gate, for ever.
  launch_gate(gate_.data(), ticket_, stream_);
  read_clocks(0);
  check(cudaStreamSynchronize(stream_), "run the first kernels on a stream");
}

CudaStream::~CudaStream() {
  open();
  for (const cudaEvent_t event : events_) cudaEventDestroy(event);
  if (followed_ != nullptr) cudaEventDestroy(followed_);
  cudaStreamDestroy(stream_);
}

cudaStream_t CudaStream::handle() {
  is_empty_ = false;
  if (is_held_ && ++behind_gate_ >= most_behind_gate) open();
  return stream_;
}

void CudaStream::reserve_stamps(std::size_t count) {
  while (events_.size() < count) {
    check(cudaEventCreate(&events_.emplace_back()), "make an event");
  }
  used_ = 0;
}

Stamp CudaStream::stamp() {
  check(cudaEventRecord(events_.at(used_), handle()), "record an event");
  return {used_++};
}

void CudaStream::follow(Stream& other) {
  constexpr const char* doing = "let a stream wait for another";
  if (followed_ == nullptr) {
    check(cudaEventCreateWithFlags(&followed_, cudaEventDisableTiming), doing);
  }
  check(cudaEventRecord(followed_, own(other).handle()), doing);
  check(cudaStreamWaitEvent(handle(), followed_, 0), doing);
}

void CudaStream::hold() {
  ++ticket_;
  behind_gate_ = 0;
  launch_gate(gate_.data(), ticket_, stream_);
  check(cudaGetLastError(), "hold a stream");
  is_held_ = true;
  read_clocks(0);
}

void CudaStream::release() {
  if (!is_held_) return;
  is_held_ = false;
  read_clocks(1);
  open();
}

// What fails here shows in done().
void CudaStream::read_clocks(std::size_t when) {
  is_empty_ = false;
  constexpr unsigned blocks_of_unit = 4;  // so that each gets one, wherever they go
  auto& readings = readings_.at(when);
  std::fill_n(readings.data(), readings.size(), ClockReading{});
  launch_clock_reading(readings.data(), most_units, units_ * blocks_of_unit, stream_);
}

std::optional<Frequency> CudaStream::clock() {
  return clock_between({readings_[0].data(), most_units}, {readings_[1].data(), most_units});
}

bool CudaStream::done() {
  if (is_empty_) return true;
  const cudaError_t status = cudaStreamQuery(stream_);
  if (status == cudaErrorNotReady) {
    cudaGetLastError();
    return false;
  }
  check(status, "wait for the GPU");
  if (gate_[0].forced == ticket_ && ticket_ != 0) {
    throw Error("start a batch",
                "the host took more than 10 s to enqueue it, so that its times are wrong");
  }
  is_empty_ = true;
  return true;
}

Seconds CudaStream::elapsed(Stamp from, Stamp to) {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, events_.at(from.number), events_.at(to.number)),
        "read the time between two events");
  return {1e-3 * static_cast<double>(milliseconds)};
}

Seconds CudaStream::at(Stamp) {
  throw Error("read the time of an event", "the GPU has a clock of its own");
}

}  // namespace shortfall::cuda

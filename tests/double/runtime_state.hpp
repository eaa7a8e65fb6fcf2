// What the functions of the double share.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/double/runtime.hpp"

using DoubleWork = std::function<void()>;

struct CUevent_st {
  // Numbers of its last record that was enqueued, and that was passed.
  std::atomic<std::uint64_t> enqueued{0}, passed{0};
  bool is_done() const { return passed >= enqueued; }
  std::chrono::steady_clock::time_point time;
};

struct CUgraph_st {
  std::vector<DoubleWork> nodes;
};
struct CUgraphExec_st {
  std::vector<DoubleWork> nodes;
};

struct CUstream_st {
  CUstream_st();
  ~CUstream_st();
  void add(DoubleWork work);
  bool is_idle();
  void wait();

  std::unique_ptr<CUgraph_st> capture;  // of the thread that enqueues

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<DoubleWork> queue_;
  bool is_busy_ = false, is_over_ = false;
  std::thread thread_;
};

namespace shortfall::cuda_double {

struct Range {
  std::size_t size = 0;
  bool is_foreign = false;  // opened of another rank
};

// One for the process, as a driver is.
struct State {
  std::mutex mutex;
  std::map<void*, std::size_t> allocations;
  std::map<const void*, Range> visible;  // to kernels and copy engines
  std::size_t used = 0;
  // Shared with who waits for all of them: ranks that are threads destroy theirs meanwhile.
  std::map<cudaStream_t, std::shared_ptr<CUstream_st>> streams;
  std::map<std::string, int> calls;
  std::atomic<int> broken{0};
};
State& state();

// What `function` answers, before it does anything: what was asked for in settings().fail, or that
// the device is broken.
cudaError_t answer(const char* function);

void wait_for_all();

void make_visible(const void* address, const Range& range);
void make_invisible(const void* address);

}  // namespace shortfall::cuda_double

// What the thread that watches a GPU and the one that measures share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "backends/cuda/nvml_faults.hpp"
#include "backends/cuda/nvml_monitor.hpp"
#include "backends/cuda/nvml_readings.hpp"

namespace shortfall {

// All calls into the driver are made by the watching thread, and none while the lock is held: one
// that hangs leaves figures untold and stops nobody.
class GpuWatch {
 public:
  GpuWatch(NvmlGpu gpu, const MonitorOptions& options);

  void run();  // the watching thread's, until quit()

  void begin();
  void resume();
  void pause();
  DeviceSigns end();
  std::string last_fault();
  bool quit();  // true if run() has ended in time

 private:
  using Clock = std::chrono::steady_clock;

  // In order of urgency.
  enum class Job { none, open_stretch, close_stretch, sample, before_case, after_case, faults };
  struct Reading {  // what a job has found
    Job job = Job::none;
    int of_case = 0, of_stretch = 0;
    bool is_closing_sample = false;
    GpuSample sample;
    GpuCounters counters;
    double energy = not_told;
    Clock::time_point begun, done;
    std::optional<int> fault;
    std::string why_lost;
  };

  Job next_job() const;
  bool has_unclosed_stretch() const;
  Clock::time_point next_sample() const;
  Reading plan(Job job) const;
  void perform(Reading& reading);
  void store(const Reading& reading);
  void close_stretch(const Reading& reading);
  void store_fault(const Reading& reading);
  bool ask(std::unique_lock<std::mutex>& lock, Job job);

  const NvmlGpu gpu_;
  const MonitorOptions options_;
  const std::uint64_t identity_;
  std::unique_ptr<GpuFaults> faults_;  // the watching thread's alone

  std::mutex mutex_;  // of all that follows
  std::condition_variable news_, answered_;
  bool quits_ = false, has_ended_ = false, is_stuck_ = false;
  std::set<Job> asked_;
  Seconds period_;
  int case_ = 0;
  // Stretches are numbered from 1 through all cases.
  int stretch_ = 0, closed_ = 0, sampled_ = 0;
  bool is_active_ = false;
  Clock::time_point resumed_, last_sample_;
  double active_ = 0;
  struct Opened {
    int stretch = 0;
    double energy = not_told;
    Clock::time_point at;
  };
  Opened opened_;  // the energy counter at the begin of a stretch
  GpuTally tally_;
  GpuCounters before_, after_;
  std::optional<int> fault_;  // of this case
  std::string last_fault_;
};

}  // namespace shortfall

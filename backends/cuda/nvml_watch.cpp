#include "backends/cuda/nvml_watch.hpp"

#include <algorithm>
#include <span>

#include "core/pattern.hpp"

namespace shortfall {
namespace {

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

std::chrono::steady_clock::duration duration(Seconds time) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(time.value));
}

// Zero is kept for "no monitor".
std::uint64_t identity_of(const NvmlGpu& gpu) {
  const std::string uuid = gpu.uuid();
  const std::string name = uuid.empty() ? gpu.address() : uuid;
  return fingerprint(std::as_bytes(std::span(name))) | 1U;
}

}  // namespace

GpuWatch::GpuWatch(NvmlGpu gpu, const MonitorOptions& options)
    : gpu_(std::move(gpu)),
      options_(options),
      identity_(identity_of(gpu_)),
      period_(options.period) {}

void GpuWatch::run() {
  faults_ = std::make_unique<GpuFaults>(gpu_, options_.root);
  std::unique_lock lock(mutex_);
  while (!quits_) {
    const Job job = next_job();
    if (job == Job::none && is_active_) {
      news_.wait_until(lock, next_sample());
      continue;
    }
    if (job == Job::none) {
      news_.wait(lock);
      continue;
    }
    Reading reading = plan(job);
    lock.unlock();
    perform(reading);
    lock.lock();
    store(reading);
    answered_.notify_all();
  }
  has_ended_ = true;
  answered_.notify_all();
}

bool GpuWatch::has_unclosed_stretch() const { return closed_ < stretch_ - (is_active_ ? 1 : 0); }

GpuWatch::Clock::time_point GpuWatch::next_sample() const {
  return std::max(resumed_, last_sample_) + duration(period_);
}

GpuWatch::Job GpuWatch::next_job() const {
  if (has_unclosed_stretch()) return Job::close_stretch;
  if (is_active_ && opened_.stretch != stretch_) return Job::open_stretch;
  if (is_active_ && Clock::now() >= next_sample()) return Job::sample;
  return asked_.empty() ? Job::none : *asked_.begin();
}

GpuWatch::Reading GpuWatch::plan(Job job) const {
  Reading reading{.job = job, .of_case = case_, .of_stretch = stretch_};
  if (job == Job::close_stretch) {
    reading.of_stretch = stretch_ - (is_active_ ? 1 : 0);
    // So that one shorter than the period has a sample, too.
    reading.is_closing_sample = sampled_ < reading.of_stretch;
  }
  return reading;
}

// Without the lock, and for as long as the driver takes.
void GpuWatch::perform(Reading& reading) {
  constexpr Seconds for_news{0.05};  // a fault is told a moment after the call that met it
  reading.begun = Clock::now();
  switch (reading.job) {
    case Job::close_stretch:
      if (reading.is_closing_sample) reading.sample = sample_of(gpu_);
      [[fallthrough]];
    case Job::open_stretch:
      reading.energy = gpu_.energy().value_or(not_told);
      break;
    case Job::sample:
      reading.sample = sample_of(gpu_);
      break;
    case Job::before_case:
    case Job::after_case:
      reading.counters = counters_of(gpu_, options_.root);
      reading.fault = faults_->next();
      break;
    case Job::faults:
      reading.why_lost = gpu_.why_lost();
      reading.fault = faults_->next(for_news);
      break;
    case Job::none:
      break;
  }
  reading.done = Clock::now();
}

void GpuWatch::store(const Reading& reading) {
  is_stuck_ = false;
  asked_.erase(reading.job);
  store_fault(reading);
  if (reading.job == Job::sample) {
    constexpr double share = 20;  // a sample takes at most one part of so many of the time
    const double wanted = share * seconds(reading.done - reading.begun);
    period_.value = std::clamp(wanted, options_.period.value, options_.longest_period.value);
    last_sample_ = reading.begun;
  }
  if (reading.job == Job::close_stretch) closed_ = std::max(closed_, reading.of_stretch);
  if (reading.of_case != case_) return;  // the driver took longer than the case
  if (reading.job == Job::sample) {
    tally_.add(reading.sample);
    sampled_ = reading.of_stretch;
  }
  if (reading.job == Job::open_stretch)
    opened_ = {reading.of_stretch, reading.energy, reading.done};
  if (reading.job == Job::close_stretch) close_stretch(reading);
  if (reading.job == Job::before_case) before_ = reading.counters;
  if (reading.job == Job::after_case) after_ = reading.counters;
}

void GpuWatch::close_stretch(const Reading& reading) {
  if (reading.is_closing_sample) {
    tally_.add(reading.sample);
    sampled_ = reading.of_stretch;
  }
  // When the next one has begun already, the counter is of both and of what was between them.
  if (opened_.stretch == reading.of_stretch && stretch_ == reading.of_stretch)
    tally_.add_energy(reading.energy - opened_.energy, seconds(reading.done - opened_.at));
}

void GpuWatch::store_fault(const Reading& reading) {
  if (!reading.why_lost.empty()) last_fault_ = reading.why_lost;
  if (!reading.fault) return;
  last_fault_ = words_of_xid(*reading.fault);
  // Of the time between two cases neither is to blame.
  if (reading.job != Job::before_case && reading.of_case == case_) fault_ = reading.fault;
}

// Has the watching thread do it. False if it did not answer in time, as long as it does not.
bool GpuWatch::ask(std::unique_lock<std::mutex>& lock, Job job) {
  asked_.insert(job);
  news_.notify_one();
  if (is_stuck_) return false;
  is_stuck_ = !answered_.wait_for(lock, duration(options_.patience),
                                  [&] { return !asked_.contains(job) || has_ended_; });
  return !is_stuck_;
}

void GpuWatch::begin() {
  const std::scoped_lock lock(mutex_);
  ++case_;
  closed_ = stretch_;
  is_active_ = false;
  active_ = 0;
  tally_ = {};
  before_ = after_ = {};
  fault_.reset();
  last_fault_.clear();
  asked_ = {
      Job::before_case};  // it is not waited for: the first calls are being prepared meanwhile
  news_.notify_one();
}

void GpuWatch::resume() {
  const std::scoped_lock lock(mutex_);
  if (is_active_) return;
  is_active_ = true;
  ++stretch_;
  resumed_ = Clock::now();
  news_.notify_one();
}

void GpuWatch::pause() {
  const std::scoped_lock lock(mutex_);
  if (!is_active_) return;
  is_active_ = false;
  active_ += seconds(Clock::now() - resumed_);
  news_.notify_one();
}

DeviceSigns GpuWatch::end() {
  std::unique_lock lock(mutex_);
  ask(lock, Job::after_case);
  DeviceSigns signs = tally_.signs(before_, after_, active_);
  signs.identity = identity_;
  signs.period = period_.value;
  signs.fault = fault_.value_or(0);
  return signs;
}

std::string GpuWatch::last_fault() {
  std::unique_lock lock(mutex_);
  ask(lock, Job::faults);
  return last_fault_;
}

bool GpuWatch::quit() {
  std::unique_lock lock(mutex_);
  quits_ = true;
  news_.notify_one();
  return answered_.wait_for(lock, duration(options_.patience), [&] { return has_ended_; });
}

}  // namespace shortfall

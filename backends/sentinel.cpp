// Waits for signals and for the watch to run out, says the last words and ends the process.
#include "backends/sentinel.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/error.hpp"

namespace shortfall {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

constexpr int exit_unknown = 3;

Clock::duration duration_of(Seconds seconds) {
  constexpr double longest = 1e9;  // 30 years: what is longer does not fit into the clock's type
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(std::clamp(seconds.value, 0.0, longest)));
}

std::string name_of_signal(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{}", name);
}

// Takes the signals away from this thread and those it will start, and gives them back.
class Signals {
 public:
  Signals() {
    sigemptyset(&awaited_);
    for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&awaited_, number);
    pthread_sigmask(SIG_BLOCK, &awaited_, &mask_before_);
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGHUP, &ignore, &hangup_before_);
    sigaction(SIGPIPE, &ignore, &pipe_before_);
    descriptor_ = signalfd(-1, &awaited_, SFD_NONBLOCK | SFD_CLOEXEC);
  }
  ~Signals() {
    if (descriptor_ >= 0) close(descriptor_);
    sigaction(SIGHUP, &hangup_before_, nullptr);
    sigaction(SIGPIPE, &pipe_before_, nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return descriptor_; }
  std::optional<int> next() const {
    signalfd_siginfo signal{};
    if (read(descriptor_, &signal, sizeof signal) != sizeof signal) return std::nullopt;
    return static_cast<int>(signal.ssi_signo);
  }

 private:
  sigset_t awaited_{}, mask_before_{};
  struct sigaction hangup_before_ = {}, pipe_before_ = {};
  int descriptor_ = -1;
};

// Runs one function on a thread of its own, for those who cannot wait for it as long as it likes.
class Errand {
 public:
  explicit Errand(std::function<void()> function)
      : thread_([this, function = std::move(function)] { run(function); }) {}
  ~Errand() { thread_.join(); }
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  enum class Outcome { done, failed, pending };
  Outcome outcome(Time deadline) {
    std::unique_lock lock(mutex_);
    ended_.wait_until(lock, deadline, [&] { return outcome_ != Outcome::pending; });
    return outcome_;
  }

 private:
  void run(const std::function<void()>& function) {
    auto outcome = Outcome::done;
    try {
      function();
    } catch (...) {  // there is nobody left to tell; the end must come all the same
      outcome = Outcome::failed;
    }
    const std::lock_guard lock(mutex_);
    outcome_ = outcome;
    ended_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  Outcome outcome_ = Outcome::pending;
  std::thread thread_;  // last: it uses the others
};

struct Cause {
  std::string reason;
  bool is_signal = false;
};

class ThreadedSentinel final : public Sentinel {
 public:
  explicit ThreadedSentinel(Patience patience)
      : patience_(patience), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0 || signals_.descriptor() < 0) {
      const std::string answer = std::strerror(errno);
      if (wake_ >= 0) close(wake_);
      throw Error("open descriptors to wait for signals", answer);
    }
    thread_ = std::thread([this] { guard(); });
  }
  ~ThreadedSentinel() override {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake();
    thread_.join();
    close(wake_);
  }
  ThreadedSentinel(const ThreadedSentinel&) = delete;
  ThreadedSentinel& operator=(const ThreadedSentinel&) = delete;

  void on_end(LastWords last_words) override {
    const std::unique_lock lock = lock_unless_ending();
    last_words_ = std::move(last_words);
  }
  void wait_before_end(Grace grace) override {
    const std::lock_guard lock(mutex_);
    grace_ = grace;
  }
  void end_by(std::function<void(int)> how) override {
    const std::lock_guard lock(mutex_);
    end_ = std::move(how);
  }
  void watch(std::string reason, Seconds patience) override {
    const Time until = Clock::now() + duration_of(patience);
    const std::unique_lock lock = lock_unless_ending();
    watch_ = Watch{std::move(reason), until};
    // A thread that sleeps until the last case's deadline sees the new one early enough.
    if (until < sleeps_until_) wake();
  }
  void stand_down() override {
    const std::unique_lock lock = lock_unless_ending();
    watch_.reset();
  }
  void end_now(std::string reason) override {
    watch(std::move(reason), {0});
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
  }

 private:
  struct Watch {
    std::string reason;
    Time until;
  };

  std::unique_lock<std::mutex> lock_unless_ending() {
    std::unique_lock lock(mutex_);
    has_ended_.wait(lock, [&] { return !is_ending_; });
    return lock;
  }

  void wake() const { eventfd_write(wake_, 1); }

  void guard() {
    while (true) {
      if (const auto cause = wait_for_cause()) return end_for(*cause);
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
    }
  }

  // Nothing when it was woken up for another reason.
  std::optional<Cause> wait_for_cause() {
    std::array<pollfd, 2> polled{{{wake_, POLLIN, 0}, {signals_.descriptor(), POLLIN, 0}}};
    poll(polled.data(), polled.size(), milliseconds_to_sleep());
    eventfd_t woken = 0;
    eventfd_read(wake_, &woken);
    const std::lock_guard lock(mutex_);
    if (const auto signal = signals_.next()) {
      is_ending_ = true;
      return Cause{"interrupted by " + name_of_signal(*signal), true};
    }
    is_ending_ = watch_ && Clock::now() >= watch_->until;
    if (!is_ending_) return std::nullopt;
    return Cause{watch_->reason};
  }

  // No tick: a rank that is being measured is not disturbed.
  int milliseconds_to_sleep() {
    constexpr auto longest = std::chrono::hours(1);
    const Time now = Clock::now();
    const std::lock_guard lock(mutex_);
    sleeps_until_ = std::min(watch_ ? watch_->until : Time::max(), now + longest);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(sleeps_until_ - now);
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

  void end_for(const Cause& cause) {
    end(cause);  // returns in tests only
    const std::lock_guard lock(mutex_);
    is_ending_ = false;
    has_ended_.notify_all();
  }

  void end(const Cause& cause) {
    const Time start = Clock::now();
    const auto [last_words, how, grace] = farewell();
    std::vector<std::unique_ptr<Errand>> errands;  // joined at the very end, if it is ever reached
    const auto send = [&](std::function<void()> function, Time deadline) {
      errands.push_back(std::make_unique<Errand>(std::move(function)));
      return errands.back()->outcome(deadline);
    };
    try {
      if (last_words) {
        const Seconds most =
            cause.is_signal ? patience_.words_after_signal : patience_.words_after_overdue;
        send([&] { last_words(cause.reason); }, start + duration_of(most));
      }
      std::this_thread::sleep_until(
          start + duration_of(cause.is_signal ? grace.after_signal : grace.after_overdue));
      const auto outcome =
          send([&] { how(exit_unknown); }, Clock::now() + duration_of(patience_.end));
      if (outcome != Errand::Outcome::done) std::_Exit(exit_unknown);
    } catch (...) {  // not even a thread could be made
      std::_Exit(exit_unknown);
    }
  }

  struct Farewell {
    LastWords last_words;
    std::function<void(int)> how;
    Grace grace;
  };
  Farewell farewell() {
    const std::lock_guard lock(mutex_);
    return {last_words_, end_, grace_};
  }

  Patience patience_;
  Signals signals_;
  int wake_ = -1;
  std::mutex mutex_;
  LastWords last_words_;
  std::function<void(int)> end_ = [](int status) { std::_Exit(status); };
  Grace grace_;
  std::optional<Watch> watch_;
  Time sleeps_until_ = Time::max();
  bool is_stopping_ = false;
  bool is_ending_ = false;
  std::condition_variable has_ended_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Sentinel> open_sentinel(Sentinel::Patience patience) {
  return std::make_unique<ThreadedSentinel>(patience);
}

}  // namespace shortfall

// Two threads of this rank that sleep and wake each other in turn.
#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "backends/host/cpus.hpp"
#include "backends/host/probes.hpp"

namespace shortfall {
namespace {

using Clock = std::chrono::steady_clock;

bool pin(pthread_t thread, int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(cpu), &one);
  return pthread_setaffinity_np(thread, sizeof one, &one) == 0;
}

// Where the calling thread may run, given back at the end.
class Affinity {
 public:
  Affinity() { is_known_ = pthread_getaffinity_np(pthread_self(), sizeof before_, &before_) == 0; }
  ~Affinity() {
    if (is_known_) pthread_setaffinity_np(pthread_self(), sizeof before_, &before_);
  }
  Affinity(const Affinity&) = delete;
  Affinity& operator=(const Affinity&) = delete;

 private:
  cpu_set_t before_{};
  bool is_known_ = false;
};

// Whose turn it is. Waiting threads sleep: a condition variable of POSIX does not spin, while those
// of std::atomic and std::counting_semaphore do.
class Turns {
 public:
  enum class Turn { of_caller, of_helper, over };

  Turn wait_for_other_than(Turn current) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ != current; });
    return turn_;
  }
  void give(Turn turn) {
    {
      const std::scoped_lock lock(mutex_);
      turn_ = turn;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Turn turn_ = Turn::of_caller;
};

class ThreadWaker final : public Prepared {
 public:
  explicit ThreadWaker(double* out) : out_(out), helper_([this] { answer(); }) { place(); }
  ~ThreadWaker() override {
    turns_.give(Turns::Turn::over);
    helper_.join();
  }
  ThreadWaker(const ThreadWaker&) = delete;
  ThreadWaker& operator=(const ThreadWaker&) = delete;

  void enqueue(Stream&) override {
    const std::int64_t before = answers_;
    for (std::int64_t trip = 0; trip < wake_round_trips; ++trip) {
      woken_at_ = Clock::now();
      turns_.give(Turns::Turn::of_helper);
      turns_.wait_for_other_than(Turns::Turn::of_helper);
    }
    *out_ = static_cast<double>(2 * (answers_ - before));
  }
  Details details() const override {
    return {
        {"implementation", "mutex and condition variable"}, {"threads", "2"}, {"cores", where_}};
  }
  std::vector<Figure> figures() const override {
    return {{"longest_wake_s", std::chrono::duration<double>(longest_).count()}};
  }

 private:
  void answer() {
    while (turns_.wait_for_other_than(Turns::Turn::of_caller) != Turns::Turn::over) {
      longest_ = std::max(longest_, Clock::now() - woken_at_);
      ++answers_;
      turns_.give(Turns::Turn::of_caller);
    }
  }

  // On two cores if this rank has them. Left to itself, the kernel moves the two together or apart
  // as it likes, and the time with them.
  void place() {
    const auto [mine, others] = two_cpus_of_this_rank();
    const bool is_pinned =
        mine >= 0 && pin(pthread_self(), mine) && pin(helper_.native_handle(), others);
    if (!is_pinned) return;
    where_ = mine == others
                 ? "both threads on CPU " + std::to_string(mine)
                 : "CPU " + std::to_string(mine) + " wakes CPU " + std::to_string(others);
  }

  double* out_;
  Affinity affinity_;  // of the caller, as long as this lives
  Turns turns_;
  // Guarded by whose turn it is.
  std::int64_t answers_ = 0;
  Clock::time_point woken_at_;
  Clock::duration longest_{0};
  std::string where_ = "threads not pinned: the system refused";
  std::thread helper_;
};

}  // namespace

Preparation prepare_thread_wake(Operands& on) {
  return std::make_unique<ThreadWaker>(static_cast<double*>(on.output->address()));
}

}  // namespace shortfall

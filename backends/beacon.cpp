// The thread that keeps a rank in touch with the others' ranks, and the state that it tells.
#include "backends/beacon.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <thread>

#include "backends/beacon/client.hpp"
#include "backends/beacon/server.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

using namespace beacon;

constexpr Seconds tick{0.125};  // each wakes a core: often enough for people, seldom for benchmarks
constexpr Seconds heartbeat{0.25};

// Where this rank is. Phase and time are one number, so that neither is ever seen without the
// other.
class Whereabouts {
 public:
  explicit Whereabouts(int rank) : rank_(rank) {}

  void enter(Phase phase) {
    const auto since = std::chrono::nanoseconds(std::chrono::steady_clock::now() - opened_).count();
    phase_and_time_.store(
        static_cast<std::uint64_t>(since) << 8U | static_cast<std::uint64_t>(phase),
        std::memory_order_relaxed);
  }
  void describe(std::string_view what) {
    std::string clean = cleaned(what);
    const std::lock_guard lock(mutex_);
    what_ = std::move(clean);
  }
  std::uint64_t phase_and_time() const { return phase_and_time_.load(std::memory_order_relaxed); }
  Word word() const {
    const std::uint64_t both = phase_and_time();
    const auto entered = opened_ + std::chrono::nanoseconds(both >> 8U);
    const std::chrono::duration<double> in_phase = std::chrono::steady_clock::now() - entered;
    const std::lock_guard lock(mutex_);
    return {.rank = rank_,
            .host = host_,
            .phase = static_cast<Phase>(both & 0xffU),
            .what = what_,
            .in_phase = {in_phase.count()}};
  }
  Sighting sighting() const {
    const Word own = word();
    return {.rank = own.rank,
            .host = own.host,
            .phase = own.phase,
            .what = own.what,
            .in_phase = own.in_phase,
            .silent = {0}};
  }
  const std::string& host() const { return host_; }

 private:
  const int rank_;
  const std::string host_ = name_of_host();
  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> phase_and_time_ = 0;
  mutable std::mutex mutex_;
  std::string what_;
};

class LoneBeacon : public Beacon {
 public:
  explicit LoneBeacon(int rank) : own_(rank) {}
  void enter(Phase phase) override { own_.enter(phase); }
  void describe(std::string what) override { own_.describe(what); }
  std::vector<Sighting> sightings() const override { return {own_.sighting()}; }
  std::string address() const override { return ""; }
  void connect(const std::string&) override {}

 protected:
  Whereabouts& own() { return own_; }
  const Whereabouts& own() const { return own_; }

 private:
  Whereabouts own_;
};

// Sleeps on its own thread until a time, a descriptor, or another thread says so.
class Sleeper {
 public:
  Sleeper() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0) throw Error("open a descriptor for the beacon", std::strerror(errno));
  }
  ~Sleeper() { close(wake_); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  void wake() const { eventfd_write(wake_, 1); }
  void sleep(Seconds time, int descriptor = -1, short events = 0) const {
    std::array<pollfd, 2> polled{{{wake_, POLLIN, 0}, {descriptor, events, 0}}};
    poll(polled.data(), polled.size(),
         static_cast<int>(std::ceil(std::max(time.value, 0.0) * 1e3)));
    eventfd_t woken = 0;
    eventfd_read(wake_, &woken);
  }

 private:
  int wake_;
};

class FirstBeacon final : public LoneBeacon {
 public:
  explicit FirstBeacon(const Launched& job)
      : LoneBeacon(0), ledger_(job.size, steady_now()), server_(job, own().host(), ledger_) {
    thread_ = std::thread([this] {
      while (!is_stopping_) {
        server_.attend(steady_now());
        sleeper_.sleep(tick);
      }
    });
  }
  ~FirstBeacon() override {
    is_stopping_ = true;
    sleeper_.wake();
    thread_.join();
  }
  std::vector<Sighting> sightings() const override {
    std::vector<Sighting> all = ledger_.sightings(steady_now());
    all.front() = own().sighting();
    return all;
  }
  std::string address() const override { return server_.address(); }

 private:
  Ledger ledger_;
  Server server_;
  Sleeper sleeper_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

class OtherBeacon final : public LoneBeacon {
 public:
  explicit OtherBeacon(const Launched& job)
      : LoneBeacon(job.rank), client_(job.job, job.rank, targets_of(job)) {
    thread_ = std::thread([this] { keep_in_touch(); });
  }
  ~OtherBeacon() override {
    is_stopping_ = true;
    sleeper_.wake();
    thread_.join();
  }
  void connect(const std::string& address) override {
    {
      const std::lock_guard lock(mutex_);
      told_ = targets_in(address);
    }
    sleeper_.wake();
  }

 private:
  void keep_in_touch() {
    Seconds last{0};
    std::uint64_t told_phase = 0;
    while (!is_stopping_) {
      client_.look_at(take_told());
      const Seconds time = steady_now();
      client_.attend(time);
      const std::uint64_t phase = own().phase_and_time();
      if (client_.is_connected() && (phase != told_phase || time - last >= heartbeat)) {
        client_.send(line_of(own().word()));
        last = time;
        told_phase = phase;
      }
      const Client::Wish wish = client_.wish(time);
      sleeper_.sleep(std::min(wish.at - time, tick), wish.descriptor, wish.events);
    }
    client_.send(line_of(own().word()));  // that it has ended, if so
  }
  std::vector<Target> take_told() {
    const std::lock_guard lock(mutex_);
    return std::exchange(told_, {});
  }

  Client client_;
  Sleeper sleeper_;
  std::mutex mutex_;
  std::vector<Target> told_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Beacon> open_beacon(const std::optional<Launched>& launched) {
  if (!launched || launched->size <= 1) return std::make_unique<LoneBeacon>(0);
  if (launched->rank == 0) return std::make_unique<FirstBeacon>(*launched);
  return std::make_unique<OtherBeacon>(*launched);
}

}  // namespace shortfall

// A machine without hardware: its clock moves when a test, or a fake operation, turns it; its ranks
// are threads.
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backends/call.hpp"
#include "backends/communicator.hpp"
#include "backends/world.hpp"
#include "harness/runner.hpp"

namespace shortfall::fake {

struct Memory final : Buffer {
  explicit Memory(Bytes bytes) : data(whole(bytes)) {}
  void* address() override { return data.data(); }
  Bytes size() const override { return {static_cast<double>(data.size())}; }
  MemoryKind kind() const override { return MemoryKind::host; }
  std::vector<std::byte> data;
};

inline std::span<std::byte> bytes_of(Buffer& buffer) {
  return {static_cast<std::byte*>(buffer.address()), whole(buffer.size())};
}

struct HandTurnedStream final : Stream {
  explicit HandTurnedStream(Seconds& now_) : now(now_) {}
  void reserve_stamps(std::size_t) override { stamps.clear(); }
  Stamp stamp() override {
    stamps.push_back(now);
    return {stamps.size() - 1};
  }
  bool done() override { return true; }
  Seconds elapsed(Stamp from, Stamp to) override {
    return stamps.at(to.number) - stamps.at(from.number);
  }
  bool has_host_clock() const override { return true; }
  Seconds at(Stamp stamp) override { return stamps.at(stamp.number); }
  Seconds& now;
  std::vector<Seconds> stamps;
};

struct IdleDevice final : Device {
  explicit IdleDevice(Seconds& now_) : now(now_) {}
  std::string name() const override { return "idle"; }
  MemoryKind kind() const override { return MemoryKind::host; }
  std::unique_ptr<Stream> open_stream() override { return std::make_unique<HandTurnedStream>(now); }
  std::unique_ptr<Buffer> allocate(Bytes bytes, const Placement&) override {
    return std::make_unique<Memory>(bytes);
  }
  Preparation prepare(const Operation&, Operands& on) override {
    if (!work) return Unsupported{"idle"};
    return prepared_call([this, &on](Stream&) { work(on); }, details_of_call);
  }
  void fill(Buffer& buffer, const Pattern& pattern) override { write(bytes_of(buffer), pattern); }
  std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern) override {
    return first_mismatch(bytes_of(buffer), pattern);
  }
  std::uint64_t fingerprint(Buffer& buffer, Bytes) override {
    return shortfall::fingerprint(bytes_of(buffer));
  }
  Details details() const override { return {{"threads", "4"}, {"library", "1.0"}}; }
  Bytes cache() const override { return caches; }
  Seconds& now;
  Bytes caches = {};
  std::function<void(Operands&)> work;
  Details details_of_call = {};
};

// The ranks of a job as threads that meet at barriers.
class Job {
 public:
  // Each rank on a host of its own, or all on `host`.
  explicit Job(int size, std::string host = {})
      : size_(size),
        host_(std::move(host)),
        meeting_(size),
        mail_(static_cast<std::size_t>(size)) {}

  class Rank final : public World {
   public:
    Rank(Job& job, int rank) : job_(job), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return job_.size_; }
    std::string host(int rank) const override {
      return job_.host_.empty() ? "host" + std::to_string(rank) : job_.host_;
    }
    Seconds now() const override { return clock; }
    void set_deadline(Deadline) override {}
    void barrier() override { job_.meeting_.arrive_and_wait(); }
    void broadcast(std::span<std::byte> data, int from) override {
      const auto all = exchange({data.begin(), data.end()});
      std::ranges::copy(all[static_cast<std::size_t>(from)], data.begin());
    }
    std::vector<std::byte> gather(std::span<const std::byte> mine) override {
      std::vector<std::byte> joined;
      for (const auto& part : exchange({mine.begin(), mine.end()}))
        joined.insert(joined.end(), part.begin(), part.end());
      return joined;
    }
    Ballot vote(Vote mine) override {
      const auto kinds = shortfall::gather(*this, static_cast<int>(mine.kind));
      const auto reasons = shortfall::gather(*this, mine.reason);
      const auto worst = std::ranges::max_element(kinds);
      const auto rank = worst - kinds.begin();
      const auto about = shortfall::gather(*this, mine.about < 0 ? rank_ : mine.about);
      return {{static_cast<Vote::Kind>(*worst), reasons[static_cast<std::size_t>(rank)]},
              about[static_cast<std::size_t>(rank)]};
    }
    Slowest slowest(Seconds mine) override {
      const auto all = shortfall::gather(*this, mine);
      const auto worst = std::ranges::max_element(all);
      return {*worst, static_cast<int>(worst - all.begin())};
    }
    void slowest_of_each(std::span<Seconds> times) override {
      for (Seconds& time : times) time = slowest(time).time;
    }
    std::unique_ptr<World> split(int color, int place) override {
      using Seat = std::array<int, 3>;  // color, place, rank
      auto seats = shortfall::gather(*this, Seat{color, place, rank_});
      std::erase_if(seats, [&](const Seat& seat) { return seat[0] != color; });
      std::ranges::sort(seats);
      const bool is_first = seats.front()[2] == rank_;
      Job* made = nullptr;  // by the first of each group
      if (is_first && color >= 0) made = &job_.add_group(static_cast<int>(seats.size()));
      const auto jobs = shortfall::gather(*this, made);
      if (color < 0) return nullptr;
      const auto before = std::ranges::find(seats, Seat{color, place, rank_}) - seats.begin();
      auto part = std::make_unique<Rank>(*jobs[static_cast<std::size_t>(seats.front()[2])],
                                         static_cast<int>(before));
      part->clock = clock;
      return part;
    }
    Seconds clock_offset() override { return {0}; }
    Seconds clock;

   private:
    std::vector<std::vector<std::byte>> exchange(std::vector<std::byte> mine) {
      job_.mail_[static_cast<std::size_t>(rank_)] = std::move(mine);
      barrier();
      auto all = job_.mail_;
      barrier();
      return all;
    }
    Job& job_;
    int rank_;
  };

  void run(const std::function<void(Rank&)>& body) {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < size_; ++rank) {
      threads.emplace_back([&, rank] {
        Rank world(*this, rank);
        body(world);
      });
    }
  }

 private:
  Job& add_group(int size) {
    const std::scoped_lock lock(guard_);
    return *groups_.emplace_back(std::make_unique<Job>(size, host_));
  }

  int size_;
  std::string host_;
  std::mutex guard_;
  std::vector<std::unique_ptr<Job>> groups_;
  std::barrier<> meeting_;
  std::vector<std::vector<std::byte>> mail_;
};

// All-reduce over threads, by the book; `after` may then spoil the result. A call takes 4 ms.
struct SummingCommunicator final : Communicator {
  SummingCommunicator(World& world_, Seconds& now_) : world(world_), now(now_) {}
  std::string name() const override { return "summing"; }
  bool accepts(MemoryKind) const override { return true; }
  Preparation prepare(const Operation&, Operands& on) override {
    return prepared_call([this, &on](Stream&) {
      const auto in = bytes_of(*on.inputs[0]);
      const auto out = bytes_of(*on.output);
      const auto all = world.gather(in);
      std::vector<float> sum(out.size() / sizeof(float), 0.0F);
      for (std::size_t i = 0; i < all.size() / sizeof(float); ++i) {
        float term = 0;
        std::memcpy(&term, all.data() + i * sizeof(float), sizeof(float));
        sum[i % sum.size()] += term;
      }
      ++calls;
      now = now + Seconds{0.004};
      if (after) after(sum);
      std::memcpy(out.data(), sum.data(), out.size());
    });
  }
  void synchronize() override { world.barrier(); }
  std::string abort() noexcept override { return {}; }
  World& world;
  Seconds& now;
  int calls = 0;
  std::function<void(std::vector<float>&)> after;
};

struct SilentWatcher final : Watcher {
  void enter(Phase phase) override { last = phase; }
  void failed_alone(const std::string& why) override { alone = why; }
  void left_stuck(const Ballot& ballot) override { stuck = ballot.rank; }
  Phase last = Phase::start;
  int stuck = -1;  // the rank whose device is
  std::string alone;
};

}  // namespace shortfall::fake

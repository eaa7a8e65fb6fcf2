// The control plane by non-blocking MPI calls, so that waiting for the others can time out.
#include <array>
#include <chrono>
#include <climits>
#include <cstring>
#include <numeric>
#include <thread>

#include "backends/mpi/alarms.hpp"
#include "backends/mpi/mpi.hpp"
#include "backends/process.hpp"
#include "core/error.hpp"

namespace shortfall::mpi {
namespace {

using Clock = std::chrono::steady_clock;
using HostName = std::array<char, MPI_MAX_PROCESSOR_NAME>;

struct Ranked {  // laid out as MPI_DOUBLE_INT
  double value;
  int rank;
};

class MpiWorld final : public World {
 public:
  MpiWorld(MPI_Comm ranks, Deadline deadline, Seconds joined_in = {}, MpiWorld* job = nullptr)
      : ranks_(ranks), deadline_(deadline), joined_in_(joined_in), job_(job) {
    PMPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN);
    check(PMPI_Comm_rank(ranks_, &rank_), "ask MPI for this rank");
    check(PMPI_Comm_size(ranks_, &size_), "ask MPI for the number of ranks");
    HostName mine{};
    int length = 0;
    check(PMPI_Get_processor_name(mine.data(), &length), "ask MPI for this host's name");
    hosts_ = shortfall::gather(*this, mine);
    in_job_ = shortfall::gather(*this, job_ ? job_->rank() : rank_);
  }
  ~MpiWorld() override {
    if (ranks_ == MPI_COMM_WORLD) {
      PMPI_Finalize();
    } else {
      PMPI_Comm_free(&ranks_);
    }
  }
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  MPI_Comm ranks() const { return ranks_; }
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  std::string host(int rank) const override {
    return hosts_.at(static_cast<std::size_t>(rank)).data();
  }
  Seconds now() const override { return steady_now(); }
  Seconds joined_in() const override { return joined_in_; }
  std::string joined_by() const override { return "mpi"; }
  void set_deadline(Deadline deadline) override { deadline_ = deadline; }
  Deadline deadline() const override { return deadline_; }

  void barrier() override {
    finish([&](MPI_Request* r) { return PMPI_Ibarrier(ranks_, r); }, "wait for all ranks");
  }
  void broadcast(std::span<std::byte> data, int from) override {
    finish(
        [&](MPI_Request* r) {
          return PMPI_Ibcast(data.data(), static_cast<int>(data.size()), MPI_BYTE, from, ranks_, r);
        },
        "hear from another rank");
  }
  std::vector<std::byte> gather(std::span<const std::byte> mine) override {
    const auto each = static_cast<int>(mine.size());
    std::vector<std::byte> all(mine.size() * static_cast<std::size_t>(size_));
    finish(
        [&](MPI_Request* r) {
          return PMPI_Iallgather(mine.data(), each, MPI_BYTE, all.data(), each, MPI_BYTE, ranks_,
                                 r);
        },
        "gather from all ranks");
    return all;
  }
  // Most ranks send nothing: equal shares would be as wide as the longest.
  std::vector<std::string> collect(const std::string& mine) override {
    const std::vector<int> sizes = shortfall::gather(*this, static_cast<int>(mine.size()));
    const auto total = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
    require(
        total <= INT_MAX, [] { return "collect from all ranks"; }, "more than 2 GiB");
    std::vector<int> starts(sizes.size());
    std::exclusive_scan(sizes.begin(), sizes.end(), starts.begin(), 0);
    std::string all(static_cast<std::size_t>(rank_ == 0 ? total : 0), '\0');
    finish(
        [&](MPI_Request* r) {
          return PMPI_Igatherv(mine.data(), static_cast<int>(mine.size()), MPI_BYTE, all.data(),
                               sizes.data(), starts.data(), MPI_BYTE, 0, ranks_, r);
        },
        "collect from all ranks");
    std::vector<std::string> texts;
    for (std::size_t i = 0; rank_ == 0 && i < sizes.size(); ++i) {
      texts.push_back(all.substr(static_cast<std::size_t>(starts[i]),
                                 static_cast<std::size_t>(sizes[i])));
    }
    return texts;
  }
  Ballot vote(Vote mine) override {
    const Ranked worst = highest({static_cast<double>(mine.kind), rank_}, "vote");
    alarms_.forget();
    const auto kind = static_cast<Vote::Kind>(worst.value);
    if (kind == Vote::Kind::ready) return {};
    const int about = mine.about < 0 ? rank_in_job(rank_) : mine.about;
    const int told = shortfall::broadcast(*this, about, worst.rank);
    return {{kind, shortfall::broadcast(*this, std::move(mine.reason), worst.rank), told}, told};
  }
  void raise_alarm() override {
    if (job_) return job_->raise_alarm();
    alarms_.raise(ranks_);
  }
  bool hears_alarm() override { return job_ ? job_->hears_alarm() : alarms_.are_heard(ranks_); }
  int rank_in_job(int rank) const override { return in_job_.at(static_cast<std::size_t>(rank)); }
  Slowest slowest(Seconds mine) override {
    const Ranked worst = highest({mine.value, rank_}, "find the slowest rank");
    return {{worst.value}, worst.rank};
  }
  void slowest_of_each(std::span<Seconds> times) override {
    static_assert(sizeof(Seconds) == sizeof(double));
    finish(
        [&](MPI_Request* r) {
          return PMPI_Iallreduce(MPI_IN_PLACE, times.data(), static_cast<int>(times.size()),
                                 MPI_DOUBLE, MPI_MAX, ranks_, r);
        },
        "find the slowest ranks");
  }
  std::unique_ptr<World> split(int color, int place) override {
    MPI_Comm part = MPI_COMM_NULL;
    check(PMPI_Comm_split(ranks_, color < 0 ? MPI_UNDEFINED : color, place, &part),
          "split the job");
    if (part == MPI_COMM_NULL) return nullptr;
    return std::make_unique<MpiWorld>(part, deadline_, Seconds{}, job_ ? job_ : this);
  }

  Seconds clock_offset() override {
    Seconds mine{0};
    for (int other = 1; other < size_; ++other) {
      const bool leads = host(other) != host(0) && leader_of(other) == other;
      if (leads && rank_ == other) mine = offset_to_rank_0();
      if (leads && rank_ == 0) answer(other);
    }
    return shortfall::gather(*this, mine)[static_cast<std::size_t>(leader_of(rank_))];
  }

 private:
  // Starts a non-blocking call and polls it: yielding, because ranks may share a core.
  template <class Start>
  void finish(Start start, std::string_view doing,
              std::source_location at = std::source_location::current()) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(start(&request), doing, at);
    const auto end = Clock::now() + std::chrono::duration<double>(deadline_.patience.value);
    int done = 0;
    check(PMPI_Test(&request, &done, MPI_STATUS_IGNORE), doing, at);
    while (done == 0) {
      std::this_thread::yield();
      if (!job_ && size_ > 1 && rank_ == 0) alarms_.are_heard(ranks_);  // and passed on
      check(PMPI_Test(&request, &done, MPI_STATUS_IGNORE), doing, at);
      if (done == 0 && Clock::now() > end) {
        throw Lost(doing, "the other ranks did not answer in time", at);
      }
    }
  }
  Ranked highest(Ranked mine, std::string_view doing) {
    finish(
        [&](MPI_Request* r) {
          return PMPI_Iallreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE_INT, MPI_MAXLOC, ranks_, r);
        },
        doing);
    return mine;
  }

  int leader_of(int rank) const {  // the lowest rank of its host
    return static_cast<int>(std::ranges::find(hosts_, hosts_[static_cast<std::size_t>(rank)]) -
                            hosts_.begin());
  }
  // Rank 0's clock minus ours, from the exchange with the shortest way there and back.
  static constexpr int exchanges = 16;
  Seconds offset_to_rank_0() {
    Seconds best{0}, shortest{1e9};
    for (int i = 0; i < exchanges; ++i) {
      const Seconds sent = now();
      double theirs = 0;
      check(PMPI_Sendrecv(&theirs, 1, MPI_DOUBLE, 0, 1, &theirs, 1, MPI_DOUBLE, 0, 1, ranks_,
                          MPI_STATUS_IGNORE),
            "compare clocks");
      const Seconds back = now();
      if (back - sent < shortest) {
        shortest = back - sent;
        best = Seconds{theirs} - (sent + back) / 2;
      }
    }
    return best;
  }
  void answer(int other) {
    for (int i = 0; i < exchanges; ++i) {
      double ask = 0;
      check(PMPI_Recv(&ask, 1, MPI_DOUBLE, other, 1, ranks_, MPI_STATUS_IGNORE), "compare clocks");
      const double time = now().value;
      check(PMPI_Send(&time, 1, MPI_DOUBLE, other, 1, ranks_), "compare clocks");
    }
  }

  MPI_Comm ranks_;
  Deadline deadline_;
  Seconds joined_in_;
  int rank_ = 0;
  int size_ = 1;
  std::vector<HostName> hosts_;
  std::vector<int> in_job_;  // by rank
  MpiWorld* job_;            // that this is a part of; nullptr: it is the job
  Alarms alarms_;
};

}  // namespace

std::unique_ptr<World> make_world(Seconds joined_in) {
  return std::make_unique<MpiWorld>(MPI_COMM_WORLD, Deadline{}, joined_in);
}

MPI_Comm ranks_of(World& world) { return dynamic_cast<MpiWorld&>(world).ranks(); }

}  // namespace shortfall::mpi

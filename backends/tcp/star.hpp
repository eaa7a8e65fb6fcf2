// Ranks that meet at the first of them: every other rank has one connection, to rank 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/tcp/hello.hpp"
#include "backends/tcp/wire.hpp"
#include "backends/world.hpp"

namespace shortfall::tcp {

// Used by one thread. All waiting ends by the deadline or as soon as a connection does that is
// waited for; then it throws Lost, which names the ranks, and rank 0 tells the others so that they
// do, too.
class Star {
 public:
  // `wires`: on rank 0 those to the others, by rank from 1; elsewhere the one to rank 0. `job`:
  // where this is a part of it.
  Star(int rank, std::vector<RankSeat> seats, std::vector<Wire> wires,
       std::shared_ptr<Star> job = nullptr);

  int rank() const { return rank_; }
  int size() const { return static_cast<int>(seats_.size()); }
  const std::vector<RankSeat>& seats() const { return seats_; }
  void set_seats(std::vector<RankSeat> seats) { seats_ = std::move(seats); }
  std::string name_of(int rank) const;
  Deadline deadline() const { return deadline_; }
  void set_deadline(Deadline deadline) { deadline_ = deadline; }

  // A call of World: begin() on every rank alike, then any of the others.
  void begin(FrameKind call);
  std::uint64_t number() const { return number_; }  // of the call
  void tell(int rank, std::string bytes);           // from rank 0 to others, or the other way round
  std::string hear(int rank);
  void tell_all(const std::string& bytes, int but = 0);  // on rank 0
  std::vector<std::string> hear_all(std::string mine);   // on rank 0; by rank
  void flush();  // until the system has taken all that was told
  // All tell rank 0, `combine` makes one of all there, and all hear that.
  using Combine = std::function<std::string(const std::vector<std::string>& by_rank)>;
  std::string exchange(FrameKind call, std::string mine, const Combine& combine);
  // The job cannot go on, because of `why`: throws Lost here and, from rank 0, on all others.
  [[noreturn]] void lose(const std::string& why);

  // While this rank waits for what no call brings: throws Lost once rank 0 has given up.
  void look_around();

  // Of the star of the job.
  void raise_alarm();
  bool hears_alarm();

 private:
  Wire& wire_to(int rank) { return wires_[wire_number(rank)]; }
  const Wire& wire_to(int rank) const { return wires_[wire_number(rank)]; }
  std::size_t wire_number(int rank) const {
    return static_cast<std::size_t>(rank_ == 0 ? rank - 1 : 0);
  }
  std::string names_of(const std::vector<int>& ranks) const;
  std::vector<int> others() const;  // to whom there is a wire

  using Missing = std::function<std::vector<int>()>;  // ranks
  void wait_while(const Missing& missing);
  void check_connections_of(const std::vector<int>& ranks);
  void attend(int patience_ms);
  void add_wishes(std::vector<pollfd>& polled) const;
  std::size_t attend(const std::vector<pollfd>& polled, std::size_t first);
  void note_alarms();
  void sound_alarm(int from);
  std::string take_expected(int rank);

  int rank_;
  std::vector<RankSeat> seats_;
  std::vector<Wire> wires_;
  std::shared_ptr<Star> job_;
  Deadline deadline_;
  FrameKind call_ = FrameKind::hello;
  std::uint64_t number_ = 0;
  bool is_alarmed_ = false;  // since the last vote
};

}  // namespace shortfall::tcp

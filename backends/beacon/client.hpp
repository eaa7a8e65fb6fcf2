// The other ranks' side of the beacons: looks for rank 0 until it is found, and tells it where this
// rank is.
#pragma once

#include <string>
#include <vector>

#include "backends/beacon/messages.hpp"
#include "backends/sockets.hpp"

namespace shortfall::beacon {

using tcp::Socket, tcp::Target;

// Of a job whose launcher names rank 0's host, every port on every address of it.
std::vector<Target> targets_of(const Launched& job);
// "host:port", "[fd00::2]:80"; empty for anything else.
std::vector<Target> targets_in(const std::string& address);

// Used by one thread.
class Client {
 public:
  Client(std::string job, int rank, std::vector<Target> targets);

  // Looks there from now on, unless it is connected already.
  void look_at(std::vector<Target> targets);
  // Goes on with the connection as far as it can without waiting.
  void attend(Seconds now);
  bool is_connected() const { return state_ == State::connected; }
  // Drops the line if the one before it is still on its way.
  void send(const std::string& line);

  // When attend() should be called again: on `events` of `descriptor` (unless -1), or at this time.
  struct Wish {
    int descriptor = -1;
    short events = 0;
    Seconds at;
  };
  Wish wish(Seconds now) const;

 private:
  enum class State { searching, connecting, greeting, connected };

  void search(Seconds now);
  void give_up(Seconds now);  // this endpoint: the next one, or a pause
  bool advance(Seconds now);  // true: at once again
  bool greet(Seconds now);
  bool read_welcome(Seconds now);
  bool exchange(Seconds now);

  std::string job_;
  int rank_;
  std::vector<Target> targets_;
  std::vector<tcp::Endpoint> endpoints_;  // of the targets, of this round
  std::size_t next_ = 0;                  // endpoint
  State state_ = State::searching;
  Socket socket_;
  Lines lines_;
  std::string unsent_;
  Seconds deadline_;  // of the state
  Seconds retry_at_;  // next round
  Seconds pause_;     // between rounds
};

}  // namespace shortfall::beacon

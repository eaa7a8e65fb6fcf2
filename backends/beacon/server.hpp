// Rank 0's side of the beacons: listens, greets the ranks of its job, and notes what they say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/beacon/ledger.hpp"
#include "backends/sockets.hpp"

namespace shortfall::beacon {

using tcp::Socket;

// Used by one thread after its construction. Nothing that arrives makes it throw or wait.
class Server {
 public:
  // Listens on one of the job's ports, or any other if all are taken; only the loopback is open
  // when all ranks are on one host.
  Server(const Launched& job, const std::string& host, Ledger& ledger);
  // "host:port"; empty if the system allows no listening at all.
  const std::string& address() const { return address_; }
  // Does what there is to do and returns: meant to be called a few times a second, not at every
  // arrival, so that a thousand ranks disturb rank 0 no more than one does.
  void attend(Seconds now);

 private:
  struct Peer {
    Socket socket;
    Lines lines;
    int rank;  // stranger until it has said hello
    Seconds since;
  };
  static constexpr int stranger = -1;

  void accept_all(Seconds now);
  bool listen_to(Peer& peer, Seconds now);  // false: to be dropped
  bool obey(Peer& peer, const std::string& line, Seconds now);
  bool greet(Peer& peer, const std::string& line);

  std::string job_;
  int size_;
  Ledger& ledger_;
  Socket listener_;
  std::string address_;
  std::vector<Peer> peers_;
};

}  // namespace shortfall::beacon

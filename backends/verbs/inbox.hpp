// Where the messages of one call from one other rank arrive: receives that are posted anew for each
// call.
#pragma once

#include <array>
#include <vector>

#include "backends/verbs/wiring.hpp"

namespace shortfall::verbs {

class Inbox {
 public:
  Inbox(const FabricTransfer& transfer, Wiring& wiring, Peer& peer, Operands& on);
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void post();                                // those of one call
  int arrivals() const { return arrivals_; }  // completions of one call

 private:
  struct Request {
    ibv_recv_wr work;
    std::array<ibv_sge, 2> pieces;  // of datagrams their header and they themselves
  };
  struct Lane {
    Queue* queue;
    std::vector<Request> requests;
  };

  std::vector<Lane> lanes_;
  int arrivals_ = 0;
};

}  // namespace shortfall::verbs

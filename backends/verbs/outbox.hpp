// The messages of one call to one other rank: written down when a transfer is prepared, so that
// posting them is all there is to do in the timed path.
#pragma once

#include <cstdint>
#include <vector>

#include "backends/verbs/wiring.hpp"

namespace shortfall::verbs {

// So many requests at most have one completion, of as many as a queue has room for.
int signals_of(const FabricTransfer& transfer, int room);

class Outbox {
 public:
  // To the `block`-th place at the other end, where messages have no slots of their own.
  Outbox(const FabricTransfer& transfer, Wiring& wiring, Peer& peer, Operands& on,
         std::size_t block);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void begin();
  // As many as there is room for in the queues.
  void post();
  bool is_done() const;
  // Of the outbox that posted it, whichever that is.
  static void complete(const ibv_wc& completion);
  // Of compare_swap: every message expects one more than that before it, and leaves one more.
  void expect(std::uint64_t first);

 private:
  struct Lane;
  struct Request {
    ibv_send_wr work;
    ibv_sge piece;
    Lane* lane;
    int retires;  // requests that are done when this one is
  };
  struct Lane {  // of one queue pair
    Queue* queue;
    std::vector<Request> requests;
    std::size_t posted = 0;
    int in_flight = 0;
  };

  void write_down(const FabricTransfer& transfer, int message);
  void link(const FabricTransfer& transfer, Lane& lane);
  Request piece_of(const FabricTransfer& transfer, int message, std::size_t first,
                   std::size_t bytes) const;

  Wiring& wiring_;
  const Peer& peer_;
  Operands& on_;
  std::size_t block_;
  int room_;  // of each queue
  std::vector<Lane> lanes_;
};

}  // namespace shortfall::verbs

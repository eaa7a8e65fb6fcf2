// A call that posts messages to other ranks, takes those of others, and ends when all are done.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "backends/verbs/inbox.hpp"
#include "backends/verbs/outbox.hpp"

namespace shortfall::verbs {

// An empty message back, so that the sender's clock stops when all has arrived and been taken.
class Acknowledgement {
 public:
  Acknowledgement(Peer& peer, Words& words) : peer_(peer), words_(words) {}
  void expect();  // one more
  void send();
  void sent() { is_under_way_ = false; }
  bool is_under_way() const { return is_under_way_; }
  static bool is_one(const ibv_wc& completion) { return completion.wr_id == mark; }

 private:
  static constexpr std::uint64_t mark = 1;  // no address of a request
  Peer& peer_;
  Words& words_;
  bool is_under_way_ = false;
};

class Window final : public Prepared {
 public:
  Window(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring, Operands& on);

  void enqueue(Stream&) override;
  Details details() const override { return wiring_->details(); }
  std::deque<Outbox>& outboxes() { return outboxes_; }
  Wiring& wiring() { return *wiring_; }

 private:
  void post_messages(Watch& watch);
  void acknowledge(Watch& watch);
  void take(Watch& watch, const char* what);
  bool is_done() const;

  std::shared_ptr<Wiring> wiring_;
  std::deque<Outbox> outboxes_;
  std::deque<Inbox> inboxes_;
  std::optional<Acknowledgement> sends_, awaits_;
  int owed_ = 0;  // arrivals; negative: the other side is ahead
  int acknowledgements_owed_ = 0;
};

// There and back, of messages that programs take and answer.
Preparation prepare_ping_pong(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                              Operands& on);
// The same of writes, which the other side sees in its memory.
Preparation prepare_polling(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                            Operands& on);
Preparation prepare_atomics(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                            Operands& on);

}  // namespace shortfall::verbs

// There and back, of messages that programs take and answer.
#include "backends/verbs/window.hpp"

namespace shortfall::verbs {
namespace {

class PingPong final : public Prepared {
 public:
  PingPong(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring, Operands& on)
      : wiring_(std::move(wiring)),
        outbox_(transfer, *wiring_, wiring_->peers().front(), on, 0),
        inbox_(transfer, *wiring_, wiring_->peers().front(), on) {
    inbox_.post();
  }

  void enqueue(Stream&) override {
    Watch watch(wiring_->group());
    if (wiring_->group().rank() == 0) {
      send();
      receive(watch);
    } else {
      receive(watch);
      send();
    }
    while (!outbox_.is_done()) take(watch, "wait for a message to be sent");
  }
  Details details() const override { return wiring_->details(); }

 private:
  void send() {
    outbox_.begin();
    outbox_.post();
  }

  // Before it is answered, there is room for the next one.
  void receive(Watch& watch) {
    owed_ += inbox_.arrivals();
    while (owed_ > 0) take(watch, "wait for a message");
    inbox_.post();
  }

  void take(Watch& watch, const char* what) {
    outbox_.post();  // of a long message, what did not fit
    for (const ibv_wc& completion : wiring_->completions().take(watch, what)) {
      if ((completion.opcode & IBV_WC_RECV) != 0) {
        --owed_;
      } else {
        Outbox::complete(completion);
      }
    }
  }

  std::shared_ptr<Wiring> wiring_;
  Outbox outbox_;
  Inbox inbox_;
  int owed_ = 0;
};

}  // namespace

Preparation prepare_ping_pong(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                              Operands& on) {
  return std::make_unique<PingPong>(transfer, std::move(wiring), on);
}

}  // namespace shortfall::verbs

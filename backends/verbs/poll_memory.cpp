// There and back, of writes, which the other side sees in its memory: nobody tells it. It looks at
// the last byte of the message, which comes last.
//
// Every message of a batch has the same contents, all of which are verified. So that the next one
// is seen all the same, the last byte is turned over before a message is answered; it has arrived
// when that byte is what it was. What it was tells, for the first message of a batch, an
// announcement that follows it on the same queue.
#include "backends/verbs/window.hpp"
#include "core/error.hpp"

namespace shortfall::verbs {
namespace {

class PollMemory final : public Prepared {
 public:
  PollMemory(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring, Operands& on)
      : wiring_(std::move(wiring)),
        outbox_(transfer, *wiring_, wiring_->peers().front(), on, 0),
        last_sent_(last_of(*on.inputs.front(), transfer)),
        last_received_(last_of(*on.output, transfer)) {}

  // On all ranks alike.
  void refresh() override {
    ++batch_;
    is_first_ = is_first_here_ = true;
  }

  void enqueue(Stream&) override {
    Watch watch(wiring_->group());
    if (wiring_->group().rank() == 0) {
      turn_over();
      send(watch);
      receive(watch);
    } else {
      receive(watch);
      turn_over();
      send(watch);
    }
  }

  // It was seen to be right.
  void collect() override {
    if (is_turned_) *last_received_ = last_;
    is_turned_ = false;
  }

  Details details() const override {
    Details all = wiring_->details();
    all.emplace_back("seen_by", "the last byte of the message, in memory");
    return all;
  }

 private:
  static volatile std::uint8_t* last_of(Buffer& buffer, const FabricTransfer& transfer) {
    return static_cast<volatile std::uint8_t*>(buffer.address()) +
           (whole(words_of(transfer.bytes).bytes()) - 1);
  }

  void turn_over() {
    if (is_first_here_) return;  // nothing has come yet
    *last_received_ = static_cast<std::uint8_t>(~last_);
    is_turned_ = true;
  }

  void send(Watch& watch) {
    outbox_.begin();
    while (!outbox_.is_done()) {
      outbox_.post();
      for (const ibv_wc& completion : wiring_->completions().take(watch, sending)) {
        if (completion.wr_id != announcement) Outbox::complete(completion);
      }
    }
    if (std::exchange(is_first_, false)) announce();
  }

  void announce() {
    Words& words = wiring_->words();
    const Peer& peer = wiring_->peers().front();
    words[Wiring::to_announce] = batch_ << 8 | *last_sent_;
    ibv_sge piece{words.address(Wiring::to_announce), sizeof(std::uint64_t),
                  words.region().local_key()};
    ibv_send_wr work{};
    work.wr_id = announcement;
    work.sg_list = &piece;
    work.num_sge = 1;
    work.opcode = IBV_WR_RDMA_WRITE;
    work.send_flags = IBV_SEND_SIGNALED;
    work.wr.rdma = {peer.told.words.address + Wiring::announced * sizeof(std::uint64_t),
                    peer.told.words.key};
    wiring_->peers().front().queues.front().post(work);
  }

  void receive(Watch& watch) {
    if (std::exchange(is_first_here_, false)) {
      const volatile std::uint64_t& told = wiring_->words()[Wiring::announced];
      while (told >> 8 != batch_) look(watch);
      last_ = static_cast<std::uint8_t>(told);
      return;
    }
    while (*last_received_ != last_) look(watch);
    is_turned_ = false;
  }

  // What goes wrong with the answer is told by a completion.
  void look(Watch& watch) {
    watch.look("wait for a write to arrive", wiring_->completions());
    if (++looks_ % looks_between_polls != 0) return;
    for (const ibv_wc& completion : wiring_->completions().take(watch, sending)) {
      if (completion.wr_id != announcement) Outbox::complete(completion);
    }
  }

  static constexpr const char* sending = "wait for a write to be done";
  static constexpr std::uint64_t announcement = 1;  // no address of a request
  static constexpr std::uint64_t looks_between_polls = 4096;
  std::shared_ptr<Wiring> wiring_;
  Outbox outbox_;
  volatile std::uint8_t* last_sent_;
  volatile std::uint8_t* last_received_;
  std::uint64_t batch_ = 0, looks_ = 0;
  std::uint8_t last_ = 0;
  bool is_first_ = true, is_first_here_ = true, is_turned_ = false;
};

}  // namespace

Preparation prepare_polling(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring,
                            Operands& on) {
  if (on.output->kind() != MemoryKind::host) {
    return Unsupported{
        "nobody polls the memory of a GPU for writes: take op=write_imm, or memory=host"};
  }
  if (transfer.completion == FabricTransfer::Completion::events) {
    return Unsupported{"a write that is seen in memory is no event: take op=write_imm"};
  }
  if (transfer.queue_pairs > 1) {
    return Unsupported{"one write at a time goes through one queue pair"};
  }
  return std::make_unique<PollMemory>(transfer, std::move(wiring), on);
}

}  // namespace shortfall::verbs

#include "backends/verbs/window.hpp"

#include <algorithm>

namespace shortfall::verbs {
namespace {

constexpr const char* doing = "wait for messages of a window";

// Where the block of a rank lies in what a hub takes.
std::size_t block_at(const FabricTransfer& transfer, int rank) {
  return transfer.shape == FabricTransfer::Shape::all_to_one ? static_cast<std::size_t>(rank) : 0;
}

}  // namespace

void Acknowledgement::expect() {
  ibv_sge header{words_.address(Wiring::header), datagram_header, words_.region().local_key()};
  ibv_recv_wr work{};
  work.wr_id = mark;
  work.sg_list = &header;
  work.num_sge = 1;  // of datagrams; others fill nothing
  peer_.queues.front().post(work);
}

void Acknowledgement::send() {
  ibv_send_wr work{};
  work.wr_id = mark;
  work.opcode = IBV_WR_SEND;
  work.send_flags = IBV_SEND_SIGNALED;
  if (!peer_.addresses.empty()) {
    work.wr.ud = {peer_.addresses.front().get(), peer_.ends.front().queue_pair, datagram_key};
  }
  peer_.queues.front().post(work);
  is_under_way_ = true;
}

Window::Window(const FabricTransfer& transfer, std::shared_ptr<Wiring> wiring, Operands& on)
    : wiring_(std::move(wiring)) {
  World& group = wiring_->group();
  for (const FabricFlow& flow : flows_of(transfer, group.size())) {
    if (flow.from == group.rank()) {
      outboxes_.emplace_back(transfer, *wiring_, wiring_->peer(flow.to), on,
                             block_at(transfer, group.rank()));
    }
    if (flow.to == group.rank() && !is_one_sided(transfer.verb)) {
      Inbox& inbox = inboxes_.emplace_back(transfer, *wiring_, wiring_->peer(flow.from), on);
      inbox.post();
      inbox.post();  // the other side may be a call ahead
    }
  }
  if (is_one_sided(transfer.verb) || transfer.shape != FabricTransfer::Shape::one_way) return;
  auto& acknowledgement = group.rank() == 0 ? awaits_ : sends_;
  acknowledgement.emplace(wiring_->peers().front(), wiring_->words());
  if (awaits_) awaits_->expect();
}

bool Window::is_done() const {
  return owed_ <= 0 && acknowledgements_owed_ <= 0 &&
         std::ranges::all_of(outboxes_, &Outbox::is_done);
}

void Window::enqueue(Stream&) {
  Watch watch(wiring_->group());
  for (Outbox& outbox : outboxes_) outbox.begin();
  for (const Inbox& inbox : inboxes_) owed_ += inbox.arrivals();
  if (awaits_) ++acknowledgements_owed_;
  post_messages(watch);
  for (Inbox& inbox : inboxes_) inbox.post();
  if (sends_) acknowledge(watch);
}

void Window::post_messages(Watch& watch) {
  while (!is_done()) {
    for (Outbox& outbox : outboxes_) outbox.post();
    take(watch, doing);
  }
}

void Window::acknowledge(Watch& watch) {
  while (sends_->is_under_way()) take(watch, "wait for an acknowledgement to leave");
  sends_->send();
}

void Window::take(Watch& watch, const char* what) {
  for (const ibv_wc& completion : wiring_->completions().take(watch, what)) {
    const bool is_arrival = (completion.opcode & IBV_WC_RECV) != 0;
    if (!Acknowledgement::is_one(completion)) {
      if (is_arrival) {
        --owed_;
      } else {
        Outbox::complete(completion);
      }
    } else if (is_arrival) {
      --acknowledgements_owed_;
      awaits_->expect();
    } else {
      sends_->sent();
    }
  }
}

}  // namespace shortfall::verbs

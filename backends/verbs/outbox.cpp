#include "backends/verbs/outbox.hpp"

#include <algorithm>
#include <utility>

namespace shortfall::verbs {
namespace {

using Verb = FabricTransfer::Verb;

ibv_wr_opcode opcode_of(Verb verb, bool is_last) {
  switch (verb) {
    case Verb::read:
      return IBV_WR_RDMA_READ;
    case Verb::send:
    case Verb::ud_send:
      return IBV_WR_SEND;
    case Verb::write_imm:
      return is_last ? IBV_WR_RDMA_WRITE_WITH_IMM : IBV_WR_RDMA_WRITE;
    case Verb::fetch_add:
      return IBV_WR_ATOMIC_FETCH_AND_ADD;
    case Verb::compare_swap:
      return IBV_WR_ATOMIC_CMP_AND_SWP;
    default:
      return IBV_WR_RDMA_WRITE;
  }
}

std::uint64_t address_of(const std::unique_ptr<Buffer>& buffer) {
  return reinterpret_cast<std::uint64_t>(buffer->address());
}

}  // namespace

// Seldom enough to cost little, often enough that room comes back before the queue is empty.
int signals_of(const FabricTransfer& transfer, int room) {
  constexpr int seldom = 16;
  const int usual = std::clamp(room / 4, 1, seldom);
  const int wanted = transfer.signal_every > 0 ? std::min(transfer.signal_every, room) : usual;
  // A silent tail and the chain after it must fit, or nothing would ever come back.
  return std::min(wanted, room - std::min(transfer.post_list, room) + 1);
}

Outbox::Outbox(const FabricTransfer& transfer, Wiring& wiring, Peer& peer, Operands& on,
               std::size_t block)
    : wiring_(wiring),
      peer_(peer),
      on_(on),
      block_(block),
      room_(wiring.depths().room()),
      lanes_(peer.queues.size()) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].queue = &peer.queues[i];
  // Of a ping-pong, the other message is the answer.
  const bool is_one = transfer.shape == FabricTransfer::Shape::ping_pong;
  const int messages = is_one ? 1 : messages_of(transfer);
  for (int message = 0; message < messages; ++message) write_down(transfer, message);
  for (Lane& lane : lanes_) {
    link(transfer, lane);
    lane.posted = lane.requests.size();  // nothing is to be posted before begin()
  }
}

// All pieces of a message go the same way, so that the last one arrives last.
void Outbox::write_down(const FabricTransfer& transfer, int message) {
  Lane& lane = lanes_[static_cast<std::size_t>(message) % lanes_.size()];
  const std::size_t bytes =
      is_atomic(transfer.verb) ? sizeof(std::uint64_t) : whole(words_of(transfer.bytes).bytes());
  const auto longest = is_atomic(transfer.verb) ? bytes : std::min(whole(wiring_.chunk()), bytes);
  for (std::size_t first = 0; first < bytes; first += longest) {
    lane.requests.push_back(piece_of(transfer, message, first, std::min(longest, bytes - first)));
    lane.requests.back().work.opcode = opcode_of(transfer.verb, first + longest >= bytes);
  }
}

Outbox::Request Outbox::piece_of(const FabricTransfer& transfer, int message, std::size_t first,
                                 std::size_t bytes) const {
  const auto length = static_cast<std::uint32_t>(bytes);
  const auto whole_message = whole(words_of(transfer.bytes).bytes());
  const auto slot = has_slots(transfer) ? static_cast<std::size_t>(message) : block_;
  const std::size_t in_slot = slot * whole_message + first;
  Request request{};
  request.work.num_sge = 1;
  if (is_atomic(transfer.verb)) {
    const auto place = Wiring::fetched + static_cast<std::size_t>(message);
    request.piece = {wiring_.words().address(place), length, wiring_.words().region().local_key()};
    request.work.wr.atomic = {peer_.told.words.address, 1, 0, peer_.told.words.key};
    return request;
  }
  if (is_fetch(transfer.verb)) {
    request.piece = {address_of(on_.output) + in_slot, length, wiring_.output_key()};
    request.work.wr.rdma = {peer_.told.input.address + first, peer_.told.input.key};
    return request;
  }
  request.piece = {address_of(on_.inputs.front()) + first, length, wiring_.input_key()};
  if (transfer.verb == Verb::ud_send) {
    const auto lane = static_cast<std::size_t>(message) % lanes_.size();
    request.work.wr.ud = {peer_.addresses[lane].get(), peer_.ends[lane].queue_pair, datagram_key};
  } else if (transfer.verb != Verb::send) {
    request.work.wr.rdma = {peer_.told.output.address + in_slot, peer_.told.output.key};
  }
  return request;
}

// The requests of a lane no longer move: they can point to one another.
void Outbox::link(const FabricTransfer& transfer, Lane& lane) {
  const auto posted_at_once = static_cast<std::size_t>(std::min(transfer.post_list, room_));
  const int signal_every = signals_of(transfer, room_);
  int silent = 0;
  for (std::size_t i = 0; i < lane.requests.size(); ++i) {
    Request& request = lane.requests[i];
    const bool is_last = i + 1 == lane.requests.size();
    request.lane = &lane;
    request.work.wr_id = reinterpret_cast<std::uint64_t>(&request);
    request.work.sg_list = &request.piece;
    const bool goes_on = !is_last && (i + 1) % posted_at_once != 0;
    request.work.next = goes_on ? &lane.requests[i + 1].work : nullptr;
    ++silent;
    if (is_last || silent == signal_every) {
      request.work.send_flags |= IBV_SEND_SIGNALED;
      request.retires = std::exchange(silent, 0);
    }
    const bool is_inlined =
        request.piece.length <= static_cast<std::uint32_t>(lane.queue->inlined());
    if (is_inlined && !is_fetch(transfer.verb) && !is_atomic(transfer.verb)) {
      request.work.send_flags |= IBV_SEND_INLINE;
    }
  }
}

void Outbox::begin() {
  for (Lane& lane : lanes_) lane.posted = 0;
}

void Outbox::post() {
  for (Lane& lane : lanes_) {
    while (lane.posted < lane.requests.size()) {
      std::size_t end = lane.posted;
      while (lane.requests[end].work.next != nullptr) ++end;
      const auto together = static_cast<int>(end + 1 - lane.posted);
      if (lane.in_flight + together > room_) break;
      lane.queue->post(lane.requests[lane.posted].work);
      lane.posted = end + 1;
      lane.in_flight += together;
    }
  }
}

bool Outbox::is_done() const {
  return std::ranges::all_of(lanes_, [](const Lane& lane) {
    return lane.in_flight == 0 && lane.posted == lane.requests.size();
  });
}

void Outbox::complete(const ibv_wc& completion) {
  Request& request = *reinterpret_cast<Request*>(completion.wr_id);
  request.lane->in_flight -= request.retires;
}

void Outbox::expect(std::uint64_t first) {
  for (Request& request : lanes_.front().requests) {
    request.work.wr.atomic.compare_add = first;
    request.work.wr.atomic.swap = ++first;
  }
}

}  // namespace shortfall::verbs

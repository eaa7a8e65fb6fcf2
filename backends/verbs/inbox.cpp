#include "backends/verbs/inbox.hpp"

#include <algorithm>
#include <utility>

namespace shortfall::verbs {

Inbox::Inbox(const FabricTransfer& transfer, Wiring& wiring, Peer& peer, Operands& on)
    : lanes_(peer.queues.size()) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].queue = &peer.queues[i];
  const std::size_t bytes = whole(words_of(transfer.bytes).bytes());
  // Of a write only the end is told.
  const bool is_told = transfer.verb == FabricTransfer::Verb::write_imm;
  const std::size_t longest = is_told ? bytes : std::min(whole(wiring.chunk()), bytes);
  const ibv_sge header{wiring.words().address(Wiring::header), datagram_header,
                       wiring.words().region().local_key()};
  for (int message = 0; message < messages_of(transfer); ++message) {
    Lane& lane = lanes_[static_cast<std::size_t>(message) % lanes_.size()];
    const auto slot = has_slots(transfer) ? static_cast<std::size_t>(message) : 0;
    const auto at = reinterpret_cast<std::uint64_t>(on.output->address()) + slot * bytes;
    for (std::size_t first = 0; first < bytes; first += longest) {
      const auto length = static_cast<std::uint32_t>(std::min(longest, bytes - first));
      Request& request = lane.requests.emplace_back();
      request.work.num_sge = is_told ? 0 : 1;
      request.pieces.front() = {at + first, length, wiring.output_key()};
      if (transfer.verb == FabricTransfer::Verb::ud_send) {
        request.work.num_sge = 2;
        request.pieces.back() = std::exchange(request.pieces.front(), header);
      }
      ++arrivals_;
    }
    if (transfer.shape == FabricTransfer::Shape::ping_pong) break;  // the other is its answer
  }
  for (Lane& lane : lanes_) {  // whose requests no longer move
    for (std::size_t i = 0; i < lane.requests.size(); ++i) {
      Request& request = lane.requests[i];
      request.work.sg_list = request.pieces.data();
      request.work.next = i + 1 < lane.requests.size() ? &lane.requests[i + 1].work : nullptr;
    }
  }
}

void Inbox::post() {
  for (Lane& lane : lanes_) {
    if (!lane.requests.empty()) lane.queue->post(lane.requests.front().work);
  }
}

}  // namespace shortfall::verbs

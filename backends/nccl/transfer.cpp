// Messages between rank 0 and rank 1 of a group, by NCCL's sends and receives.
#include "backends/nccl/calls.hpp"

namespace shortfall::nccl {

Preparation prepare_transfer(const Transfer& transfer, Operands& on,
                             const std::shared_ptr<NcclRanks>& ranks) {
  if (ranks->rank() > 1) return nothing_to_do();
  const int peer = 1 - ranks->rank(), messages = messages_of(transfer);
  const std::size_t bytes = whole(transfer.bytes);
  auto* const out = static_cast<std::byte*>(on.inputs[0]->address());
  auto* const in = static_cast<std::byte*>(on.output->address());
  const auto prepared = [&](const char* name, Enqueue call) {
    return std::make_unique<NcclCall>(ranks, name, std::move(call),
                                      Details{{"window", std::to_string(messages)}});
  };
  if (transfer.kind == Transfer::Kind::ping_pong) {
    Enqueue there = group_of(*ranks, {{out, bytes, peer}}, {});
    Enqueue back = group_of(*ranks, {}, {{in, bytes, peer}});
    if (ranks->rank() == 1) std::swap(there, back);
    return prepared("ping-pong", [there, back, ranks](cudaStream_t stream) {
      ranks->finish(there(stream), "ping-pong");
      return back(stream);
    });
  }
  const bool is_two_way = transfer.kind == Transfer::Kind::two_way;
  std::vector<Message> sends, receives;
  for (int i = 0; i < messages; ++i) {
    if (is_two_way || ranks->rank() == 0) sends.push_back({out, bytes, peer});
    if (!is_two_way && ranks->rank() == 0) continue;
    receives.push_back({in + static_cast<std::size_t>(i) * bytes, bytes, peer});
  }
  return prepared("window of messages", group_of(*ranks, std::move(sends), std::move(receives)));
}

}  // namespace shortfall::nccl

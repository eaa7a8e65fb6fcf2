#include "core/operation.hpp"

#include <algorithm>

#include "core/overloaded.hpp"

namespace shortfall {

Work operator+(const Work& a, const Work& b) {
  return {a.flop + b.flop, a.memory + b.memory,     a.payload + b.payload,
          a.link + b.link, a.messages + b.messages, a.cycles + b.cycles};
}

Operand words_of(Bytes bytes) {
  const DType type = whole(bytes) % size_of(DType::i32) == 0 ? DType::i32 : DType::u8;
  return {type, whole(bytes) / size_of(type)};
}

Bytes footprint(const Layout& layout) {
  Bytes sum = layout.output.bytes();
  for (const Operand& operand : layout.inputs) sum = sum + operand.bytes();
  return sum;
}

Layout layout(const Operation& operation, const Group& group) {
  return std::visit([&](const auto& o) { return layout_of(o, group); }, operation);
}

Work work(const Operation& operation, const Group& group) {
  return std::visit([&](const auto& o) { return work_of(o, group); }, operation);
}

Placement placement(const Operation& operation) {
  return std::visit(Overloaded{[](const Chase& chase) {
                                 // Lines elsewhere are no buffer of the operation.
                                 return chase.lines == Chase::Lines::own ? chase.placement
                                                                         : Placement{};
                               },
                               [](const auto& o) -> Placement {
                                 if constexpr (requires { o.placement; }) return o.placement;
                                 return {};
                               }},
                    operation);
}

bool is_cold(const Operation& operation) {
  return std::visit(
      [](const auto& o) {
        if constexpr (requires { o.is_cold; }) return o.is_cold;
        return false;
      },
      operation);
}

int iterations_per_call(const Operation& operation) {
  return std::visit(
      Overloaded{[](const Transfer& transfer) { return messages_of(transfer); },
                 [](const ClockRead& reads) { return iterations_of(reads); },
                 [](const ThreadWake& wakes) { return iterations_of(wakes); },
                 [](const NoiseProbe& quanta) { return iterations_of(quanta); },
                 [](const Launch& launches) { return iterations_of(launches); },
                 [](const FabricTransfer& transfer) { return messages_of(transfer); },
                 [](const Chase&) { return Chase::steps; }, [](const auto&) { return 1; }},
      operation);
}

Carrier carrier_of(const Operation& operation) {
  return std::visit(
      Overloaded{[](const Collective&) { return Carrier::communicator; },
                 [](const Transfer&) { return Carrier::communicator; },
                 [](const PeerCopy&) { return Carrier::peer_memory; },
                 [](const Chase& chase) {
                   return chase.lines == Chase::Lines::peer ? Carrier::peer_memory
                                                            : Carrier::device;
                 },
                 [](const FabricTransfer& transfer) {
                   return is_of_ucx(transfer.verb) ? Carrier::ucx : Carrier::rdma;
                 },
                 [](const Registration&) { return Carrier::rdma; },
                 [](const auto&) { return Carrier::device; }},
      operation);
}

bool is_between_ranks(const Operation& operation) {
  return carrier_of(operation) != Carrier::device;
}

bool is_by_link(const Operation& operation) {
  return is_between_ranks(operation) && carrier_of(operation) != Carrier::communicator;
}

bool takes_time(const Operation& operation, const Group& group) {
  return std::visit(
      Overloaded{[&](const PeerCopy& copy) {
                   const auto parts = parts_of(copy, group.size);
                   return std::ranges::any_of(parts, [&](const PeerCopyPart& part) {
                     return mover_of(part, copy.way) == group.rank;
                   });
                 },
                 [&](const FabricTransfer& transfer) { return makes_calls(transfer, group); },
                 [&](const Chase& chase) {  // of peers: by the first
                   return chase.lines != Chase::Lines::peer || group.rank == 0;
                 },
                 [](const auto&) { return true; }},
      operation);
}

bool consumes_input(const Operation& operation) {
  const auto* const collective = std::get_if<Collective>(&operation);
  return collective && consumes_input(*collective);
}

}  // namespace shortfall

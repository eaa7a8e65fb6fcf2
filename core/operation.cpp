#include "core/operation.hpp"

#include "core/overloaded.hpp"

namespace shortfall {

Work operator+(const Work& a, const Work& b) {
  return {a.flop + b.flop, a.memory + b.memory,     a.payload + b.payload,
          a.link + b.link, a.messages + b.messages, a.cycles + b.cycles};
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
  return std::visit(
      [](const auto& o) -> Placement {
        if constexpr (requires { o.placement; }) return o.placement;
        return {};
      },
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
                 [](const Chase&) { return Chase::steps; }, [](const auto&) { return 1; }},
      operation);
}

bool is_between_ranks(const Operation& operation) {
  return std::holds_alternative<Collective>(operation) ||
         std::holds_alternative<Transfer>(operation);
}

bool consumes_input(const Operation& operation) {
  const auto* const collective = std::get_if<Collective>(&operation);
  return collective && consumes_input(*collective);
}

}  // namespace shortfall

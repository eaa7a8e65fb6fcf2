#include "core/operation/fabric_transfer.hpp"

#include <algorithm>

namespace shortfall {
namespace {

using Shape = FabricTransfer::Shape;
using Verb = FabricTransfer::Verb;

std::size_t flows_to(const std::vector<FabricFlow>& flows, int rank) {
  return static_cast<std::size_t>(std::ranges::count(flows, rank, &FabricFlow::to));
}

std::size_t flows_from(const std::vector<FabricFlow>& flows, int rank) {
  return static_cast<std::size_t>(std::ranges::count(flows, rank, &FabricFlow::from));
}

}  // namespace

std::optional<Verb> verb_named(std::string_view name) {
  const auto found = std::ranges::find(verb_names, name);
  if (found == verb_names.end()) return std::nullopt;
  return static_cast<Verb>(found - verb_names.begin());
}

bool is_of_ucx(Verb verb) { return verb >= Verb::put; }
bool is_atomic(Verb verb) { return verb == Verb::fetch_add || verb == Verb::compare_swap; }
bool is_fetch(Verb verb) { return verb == Verb::read || verb == Verb::get; }
bool is_one_sided(Verb verb) {
  return verb == Verb::write || verb == Verb::put || is_fetch(verb) || is_atomic(verb);
}

std::vector<FabricFlow> flows_of(const FabricTransfer& t, int ranks) {
  if (ranks < 2) return {{0, 0}};
  std::vector<FabricFlow> flows;
  const bool is_ping_pong = t.shape == Shape::ping_pong;
  const bool is_answered = is_ping_pong && messages_of(t) == 2;
  if (is_ping_pong || t.shape == Shape::one_way || t.shape == Shape::both_ways) {
    flows.push_back({0, 1});
  }
  if (t.shape == Shape::both_ways || is_answered) flows.push_back({1, 0});
  for (int rank = 0; rank < ranks; ++rank) {
    if (t.shape == Shape::all_to_one && rank + 1 < ranks) flows.push_back({rank, ranks - 1});
    if (t.shape == Shape::one_to_all && rank > 0) flows.push_back({0, rank});
    if (t.shape == Shape::shift) flows.push_back({rank, (rank + t.distance) % ranks});
  }
  return flows;
}

bool makes_calls(const FabricTransfer& t, const Group& group) {
  return flows_from(flows_of(t, group.size), group.rank) > 0;
}

int messages_of(const FabricTransfer& t) {
  if (t.shape == Shape::ping_pong) return is_fetch(t.verb) || is_atomic(t.verb) ? 1 : 2;
  if (t.window > 0) return t.window;
  // As many as keep a link busy, as few as keep a large window within a large message.
  constexpr double in_flight = 16.0 * (1 << 20);
  return static_cast<int>(std::clamp(in_flight / std::max(t.bytes.value, 1.0), 1.0, 64.0));
}

bool has_slots(const FabricTransfer& t) {
  return t.shape == Shape::one_way || t.shape == Shape::both_ways || t.shape == Shape::shift;
}

Layout layout_of(const FabricTransfer& t, const Group& group) {
  if (is_atomic(t.verb)) return {{}, {DType::i32, 1}};
  const Operand message = words_of(t.bytes);
  const auto flows = flows_of(t, group.size);
  const auto arrivals =
      is_fetch(t.verb) ? flows_from(flows, group.rank) : flows_to(flows, group.rank);
  const std::size_t slots = has_slots(t) ? static_cast<std::size_t>(messages_of(t)) : 1;
  return {{message}, {message.type, message.count * std::max<std::size_t>(arrivals, 1) * slots}};
}

Work work_of(const FabricTransfer& t, const Group& group) {
  // Seen from the rank that makes the first call: one for all ranks, who all count alike.
  const auto flows = flows_of(t, std::max(group.size, 2));
  const int caller = flows.front().from;
  const bool is_ping_pong = t.shape == Shape::ping_pong;
  const auto own = is_ping_pong ? 1.0 : static_cast<double>(flows_from(flows, caller));
  const auto back = t.shape == Shape::both_ways || t.shape == Shape::shift ? 2.0 : 1.0;
  const Bytes payload = words_of(t.bytes).bytes() * own;
  return {.payload = payload, .link = payload * back, .messages = {own}};
}

Layout layout_of(const Registration& registration, const Group&) {
  return {{}, words_of(registration.bytes)};
}

Work work_of(const Registration& registration, const Group&) {
  return {.memory = registration.bytes};
}

}  // namespace shortfall

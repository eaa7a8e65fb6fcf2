#include "core/operation/transfer.hpp"

#include <algorithm>

namespace shortfall {

Layout layout_of(const Transfer& t, const Group&) {
  const Operand message = words_of(t.bytes);
  const auto arrivals = t.kind == Transfer::Kind::ping_pong ? 1 : messages_of(t);
  return {{message}, {message.type, message.count * static_cast<std::size_t>(arrivals)}};
}

Work work_of(const Transfer& t, const Group&) {
  const int directions = t.kind == Transfer::Kind::two_way ? 2 : 1;
  return {.payload = t.bytes * directions,
          .link = t.bytes * directions,
          .messages = {static_cast<double>(directions)}};
}

int messages_of(const Transfer& t) {
  if (t.kind == Transfer::Kind::ping_pong) return 2;
  if (t.window > 0) return t.window;
  // As many as keep a link busy, as few as keep a large window within a few messages' memory.
  constexpr double in_flight = 16.0 * (1 << 20);
  return static_cast<int>(std::clamp(in_flight / std::max(t.bytes.value, 1.0), 4.0, 64.0));
}

}  // namespace shortfall

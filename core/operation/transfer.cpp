#include "core/operation/transfer.hpp"

#include <algorithm>

namespace shortfall {

Layout layout_of(const Transfer& t, const Group&) {
  // Of words where they fit: a quarter of the elements to draw and compare.
  const DType type = whole(t.bytes) % size_of(DType::i32) == 0 ? DType::i32 : DType::u8;
  const std::size_t count = whole(t.bytes) / size_of(type);
  const auto arrivals = t.kind == Transfer::Kind::ping_pong ? 1 : messages_of(t);
  return {{{type, count}}, {type, count * static_cast<std::size_t>(arrivals)}};
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

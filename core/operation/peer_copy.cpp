#include "core/operation/peer_copy.hpp"

#include <algorithm>

namespace shortfall {
namespace {

using Shape = PeerCopy::Shape;

// How often `rank` stands at that end of a copy.
std::size_t times_of(const std::vector<PeerCopyPart>& parts, int PeerCopyPart::*end, int rank) {
  return static_cast<std::size_t>(std::ranges::count(parts, rank, end));
}

}  // namespace

std::vector<PeerCopyPart> parts_of(const PeerCopy& copy, int ranks) {
  std::vector<PeerCopyPart> parts;
  if (copy.shape == Shape::pair || copy.shape == Shape::both_ways) parts.push_back({0, 1, 0});
  if (copy.shape == Shape::both_ways) parts.push_back({1, 0, 0});
  for (int rank = 0; rank + 1 < ranks; ++rank) {
    if (copy.shape == Shape::all_to_one) {
      parts.push_back({rank, ranks - 1, static_cast<std::size_t>(rank)});
    }
    if (copy.shape == Shape::one_to_all) parts.push_back({0, rank + 1, 0});
  }
  return parts;
}

Layout layout_of(const PeerCopy& copy, const Group& group) {
  const auto parts = parts_of(copy, group.size);
  const Operand block = words_of(copy.bytes);
  const std::size_t arrivals = times_of(parts, &PeerCopyPart::to, group.rank);
  Layout buffers{{}, {block.type, arrivals > 0 ? arrivals * block.count : 1}};
  if (times_of(parts, &PeerCopyPart::from, group.rank) > 0) buffers.inputs.push_back(block);
  return buffers;
}

Work work_of(const PeerCopy& copy, const Group& group) {
  const auto parts = parts_of(copy, std::max(group.size, 2));
  const int first = mover_of(parts.front(), copy.way);
  const auto own = std::ranges::count_if(
      parts, [&](const PeerCopyPart& part) { return mover_of(part, copy.way) == first; });
  const Bytes payload = words_of(copy.bytes).bytes() * static_cast<double>(own);
  // Both ways, the link of a rank carries what it sends and what it is sent.
  return {.payload = payload, .link = payload * (copy.shape == Shape::both_ways ? 2 : 1)};
}

}  // namespace shortfall

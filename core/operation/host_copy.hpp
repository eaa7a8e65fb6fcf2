// Copies between the memory of the host and the rank's own accelerator.
#pragma once

#include "core/operation/mover.hpp"
#include "core/operation/placement.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

struct HostCopy {
  enum class Direction {
    to_device,
    to_host,
    both  // at once
  };
  enum class Memory {
    pinned,   // the accelerator reads and writes it by itself
    pageable  // as malloc gives it: the driver copies it once more on the way
  };
  Direction direction;
  Bytes bytes;  // each way
  Memory memory = Memory::pinned;
  Mover by = Mover::copy_engine;
  int node = local_node;  // NUMA node of the host's memory; local: nearest to the accelerator
  friend bool operator==(const HostCopy&, const HostCopy&) = default;
};

inline int directions_of(const HostCopy& copy) {
  return copy.direction == HostCopy::Direction::both ? 2 : 1;
}

// What lies in the memory of the host: for each direction what goes that way.
inline Bytes held_by_host(const HostCopy& copy) {
  return words_of(copy.bytes).bytes() * directions_of(copy);
}

// Both buffers lie on the accelerator: what is sent is put into the host's memory beforehand, what
// came there is fetched afterwards, both untimed (see Prepared). Of both directions, the first half
// goes to the accelerator and the second half to the host.
inline Layout layout_of(const HostCopy& copy, const Group&) {
  Operand all = words_of(copy.bytes);
  all.count *= static_cast<std::size_t>(directions_of(copy));
  return {{all}, all};
}

inline Work work_of(const HostCopy& copy, const Group& group) {
  const Bytes moved = layout_of(copy, group).output.bytes();
  return {.payload = moved, .link = moved};
}

}  // namespace shortfall

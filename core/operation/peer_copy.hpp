// One-sided copies between the accelerators of the ranks of a group: one rank copies, the other
// lends its memory and does nothing.
#pragma once

#include <cstddef>
#include <vector>

#include "core/operation/mover.hpp"
#include "core/operation/work.hpp"

namespace shortfall {

struct PeerCopy {
  // The hub of n ranks is where the block of each rank lies in the order of ranks, or the rank that
  // a broadcast begins at: so patterns say what must arrive.
  enum class Shape {
    pair,        // rank 0 to rank 1
    both_ways,   // and rank 1 to rank 0, at the same time
    all_to_one,  // every rank to the last one
    one_to_all   // rank 0 to every other one
  };
  enum class Way {
    write,  // the source pushes
    read    // the destination pulls
  };
  Shape shape;
  Bytes bytes;  // of each copy
  Way way = Way::write;
  Mover by = Mover::copy_engine;
  friend bool operator==(const PeerCopy&, const PeerCopy&) = default;
};

struct PeerCopyPart {  // one copy of a PeerCopy
  int from, to;        // ranks of the group
  std::size_t block;   // where it arrives, in blocks of `bytes`
  friend bool operator==(const PeerCopyPart&, const PeerCopyPart&) = default;
};

// All copies of a group.
std::vector<PeerCopyPart> parts_of(const PeerCopy& copy, int ranks);

// The rank that makes a copy, and is timed.
inline int mover_of(const PeerCopyPart& part, PeerCopy::Way way) {
  return way == PeerCopy::Way::write ? part.from : part.to;
}

// An input where a rank sends, room for what arrives where it receives.
Layout layout_of(const PeerCopy& copy, const Group& group);

// Of a rank that copies: what its own copies move. The ranks that copy are those that are timed
// (takes_time()), so that their rates add up to what all copies together move: of all_to_one and
// one_to_all that is the rate of the hub's link, whoever copies.
Work work_of(const PeerCopy& copy, const Group& group);

}  // namespace shortfall

// Messages between two ranks.
#pragma once

#include "core/operation/work.hpp"

namespace shortfall {

// Between rank 0 and rank 1 of a group.
struct Transfer {
  enum class Kind {
    ping_pong,  // there and back: latency
    one_way,    // a window of messages from 0 to 1
    two_way     // the same in both directions at once
  };
  Kind kind;
  Bytes bytes;           // of one message
  int window = 0;        // messages in flight; 0: as many as keep a link busy
  bool is_cold = false;  // no call finds its buffers in a cache
  friend bool operator==(const Transfer&, const Transfer&) = default;
};

Layout layout_of(const Transfer& transfer, const Group& group);
Work work_of(const Transfer& transfer, const Group& group);

// The messages of one call: those of a window, or the two ways of a ping-pong.
int messages_of(const Transfer& transfer);

}  // namespace shortfall

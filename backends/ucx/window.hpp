// A window of messages in flight.
#pragma once

#include "backends/ucx/messages.hpp"

namespace shortfall::ucx {

// What this rank does in each call.
struct Share {
  std::size_t sends = 0;
  std::size_t receives = 0;
};

// One way ends with a notice back, so that the sender's clock stops when all has arrived.
std::unique_ptr<Prepared> tagged_window(const Ends& ends, const Share& share);
std::unique_ptr<Prepared> streamed_window(const Ends& ends, const Share& share);
std::unique_ptr<Prepared> active_window(const Ends& ends, const Share& share);

}  // namespace shortfall::ucx

// A message there and back.
#pragma once

#include "backends/ucx/messages.hpp"
#include "backends/ucx/one_sided.hpp"

namespace shortfall::ucx {

std::unique_ptr<Prepared> tagged_ping_pong(const Ends& ends, bool begins);
std::unique_ptr<Prepared> streamed_ping_pong(const Ends& ends, bool begins);
std::unique_ptr<Prepared> active_ping_pong(const Ends& ends, bool begins);

// By puts, whose arrival a rank sees in its memory.
std::unique_ptr<Prepared> put_ping_pong(const Ends& ends, Remote remote, Announcement word,
                                        bool begins);

}  // namespace shortfall::ucx

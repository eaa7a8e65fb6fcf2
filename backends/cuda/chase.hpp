// A chase along a random cycle of lines by one thread of a GPU: through its own memory, or through
// that of the host or of a peer.
#pragma once

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

// Through its own memory, or pinned memory of the host.
Preparation prepare_chase(const Chase& chase, Operands& on, const Card& card);

// Through `lines` that lie elsewhere: lines_of(chase) of them, which must outlive it.
std::unique_ptr<Prepared> chase_afar(const Chase& chase, void* lines, Operands& on);

}  // namespace shortfall::cuda

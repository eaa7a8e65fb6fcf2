// One thread among those of a kernel. Included by code for the device: C++17.
#pragma once

namespace shortfall::cuda {

struct Seat {
  unsigned block, blocks, thread, threads;
};

}  // namespace shortfall::cuda

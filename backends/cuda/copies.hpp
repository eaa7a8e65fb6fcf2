// Copies that are made at the same time, by copy engines or by one kernel.
#pragma once

#include <vector>

#include "backends/cuda/branches.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/copy_kernels.hpp"
#include "backends/device.hpp"
#include "core/operation/mover.hpp"

namespace shortfall::cuda {

class Copies {
 public:
  Copies(std::vector<CopyTask> all, Mover by, const Card& card);

  // What `on` is then given waits for all of them.
  void enqueue(CudaStream& on);
  Details details() const;

 private:
  void enqueue_kernels(CudaStream& on) const;

  std::vector<CopyTask> all_;
  Mover by_;
  CopyWay way_;
  Branches beside_;  // copy engines work beside one another only for different streams
};

// Outside of times, done on return.
void copy_now(void* to, const void* from, std::size_t bytes);

// A copy inside of one GPU by its copy engine: a pass of kind copy that asks for it.
Preparation prepare_engine_copy(const MemoryPass& pass, Operands& on, const Card& card);

}  // namespace shortfall::cuda

// Streams beside the one that is measured: what is enqueued on them begins and ends with it.
#pragma once

#include <vector>

#include "backends/cuda/stream.hpp"

namespace shortfall::cuda {

class Branches {
 public:
  explicit Branches(std::size_t count);
  ~Branches();
  Branches(const Branches&) = delete;
  Branches& operator=(const Branches&) = delete;

  std::size_t size() const { return all_.size(); }
  cudaStream_t at(std::size_t i) const { return all_.at(i).stream; }
  // Whatever is then enqueued on a branch waits for all that `trunk` was given before; behind a
  // gate, for the gate.
  void fork(CudaStream& trunk);
  // Whatever `trunk` is then given waits for all branches.
  void join(CudaStream& trunk);

 private:
  struct Branch {
    cudaStream_t stream = nullptr;
    cudaEvent_t end = nullptr;
  };
  std::vector<Branch> all_;
  cudaEvent_t start_ = nullptr;
};

}  // namespace shortfall::cuda

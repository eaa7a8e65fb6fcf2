// Patterns written, compared and hashed where the buffer lies.
#pragma once

#include <utility>

#include "backends/cuda/card.hpp"
#include "backends/cuda/pattern_tasks.hpp"
#include "backends/cuda/stream.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

// Each is done on return; nobody else may use the buffer meanwhile.
class Patterns {
 public:
  explicit Patterns(const Card& card);
  ~Patterns();
  Patterns(const Patterns&) = delete;
  Patterns& operator=(const Patterns&) = delete;

  void fill(Buffer& buffer, const Pattern& pattern, CudaStream& on);
  std::optional<Mismatch> compare(Buffer& buffer, const Pattern& pattern, CudaStream& on);
  // Of the same bytes always the same, on every GPU; another one than core's.
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes, CudaStream& on);

 private:
  PatternTask task_on_device(const Pattern& pattern, CudaStream& on);
  double sum_for(const Pattern& pattern, CudaStream& on);
  const float* quantiles(CudaStream& on);

  Card card_;
  CudaBuffer result_;                                   // one number of a kernel
  std::unique_ptr<CudaBuffer> quantiles_;               // uploaded once
  std::optional<std::pair<SumTask, double>> last_sum_;  // repeats ask for the same
};

}  // namespace shortfall::cuda

// Patterns written, compared and hashed where the buffer lies.
#pragma once

#include "backends/cuda/card.hpp"
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
  std::uint64_t fingerprint(Buffer& buffer, Bytes bytes, CudaStream& on);

 private:
  Card card_;
};

}  // namespace shortfall::cuda

// Placeholder: over the host.
#include "backends/cuda/patterns.hpp"

#include <vector>

namespace shortfall::cuda {

Patterns::Patterns(const Card& card) : card_(card) {}
Patterns::~Patterns() = default;

void Patterns::fill(Buffer& buffer, const Pattern& pattern, CudaStream&) {
  std::vector<std::byte> data(bytes_of(pattern.type, pattern.count));
  write(data, pattern);
  check(cudaMemcpy(buffer.address(), data.data(), data.size(), cudaMemcpyHostToDevice), "fill");
}
std::optional<Mismatch> Patterns::compare(Buffer& buffer, const Pattern& pattern, CudaStream&) {
  std::vector<std::byte> data(bytes_of(pattern.type, pattern.count));
  check(cudaMemcpy(data.data(), buffer.address(), data.size(), cudaMemcpyDeviceToHost), "compare");
  return first_mismatch(data, pattern);
}
std::uint64_t Patterns::fingerprint(Buffer& buffer, Bytes bytes, CudaStream&) {
  std::vector<std::byte> data(whole(bytes));
  check(cudaMemcpy(data.data(), buffer.address(), data.size(), cudaMemcpyDeviceToHost), "hash");
  return shortfall::fingerprint(data);
}

}  // namespace shortfall::cuda

// Passes over memory for processors without kernels of their own: vectorised by the compiler.
#include <algorithm>
#include <array>

#include "backends/host/memory_kernels.hpp"
#include "core/operation.hpp"

namespace shortfall {
namespace {

double read(const double* from, std::size_t count) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < count; i += 8) {
    for (std::size_t j = 0; j < 8; ++j) sums[j] += from[i + j];
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

void copy(double* to, const double* from, std::size_t count) { std::copy_n(from, count, to); }

void triad(double* to, const double* plain, const double* scaled, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = plain[i] + MemoryPass::scale * scaled[i];
}

}  // namespace

std::vector<MemoryKernels> memory_kernels() {
  // There are no non-temporal stores that every processor has.
  return {{"portable", read, copy, nullptr, triad, nullptr}};
}

}  // namespace shortfall

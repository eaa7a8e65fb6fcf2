// Passes over memory for processors without kernels of their own: vectorised by the compiler.
#include <array>

#include "backends/host/memory_kernels.hpp"

namespace shortfall {
namespace {

// term(i) is that of element i.
template <class Term>
double sum_of(std::size_t count, Term term) {
  std::array<double, 8> sums{};  // hide the latency of an addition
  for (std::size_t i = 0; i < count; i += 8) {
    for (std::size_t j = 0; j < 8; ++j) sums[j] += term(i + j);
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

template <class Value>
void store_each(const PassArrays& on, Value value) {
  double* const to = on.to;
  const std::size_t count = on.count;
  for (std::size_t i = 0; i < count; ++i) to[i] = value(i);
}

double read(const PassArrays& on) {
  const double* const a = on.from[0];
  return sum_of(on.count, [a](std::size_t i) { return a[i]; });
}

double dot(const PassArrays& on) {
  const double *const a = on.from[0], *const b = on.from[1];
  return sum_of(on.count, [a, b](std::size_t i) { return a[i] * b[i]; });
}

void write(const PassArrays& on) {
  store_each(on, [](std::size_t) { return MemoryPass::constant; });
}

void scale(const PassArrays& on) {
  const double* const b = on.from[0];
  store_each(on, [b](std::size_t i) { return MemoryPass::scale * b[i]; });
}

void triad(const PassArrays& on) {
  const double *const b = on.from[0], *const c = on.from[1];
  store_each(on, [b, c](std::size_t i) { return b[i] + MemoryPass::scale * c[i]; });
}

void gather(const PassArrays& on) {
  const double* const table = on.from[0];
  const std::int32_t* const index = on.index;
  store_each(on, [table, index](std::size_t i) { return table[index[i]]; });
}

// One is a copy, two are an addition.
template <int reads>
void mix(const PassArrays& on) {
  std::array<const double*, reads> from{};
  for (std::size_t j = 0; j < reads; ++j) from[j] = on.from[j];
  store_each(on, [from](std::size_t i) {
    double sum = from[0][i];
    for (std::size_t j = 1; j < reads; ++j) sum += from[j][i];
    return sum;
  });
}

}  // namespace

std::vector<MemoryKernels> memory_kernels() {
  // There are no non-temporal stores that every processor has.
  return {{.isa = "portable",
           .read = read,
           .dot = dot,
           .write = {write},
           .copy = {mix<1>},
           .scale = {scale},
           .add = {mix<2>},
           .triad = {triad},
           .gather = {gather},
           .mix = {{mix<1>}, {mix<2>}, {mix<3>}, {mix<4>}}}};
}

}  // namespace shortfall

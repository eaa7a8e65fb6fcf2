// The libraries that multiply f64. Of each, blas_<name>.cpp or blas_<name>_absent.cpp is part of a
// build.
#pragma once

#include <optional>
#include <span>

#include "backends/device.hpp"

namespace shortfall {

// C = A B, and how many elements after a row's first one that of the next row stands.
struct Factors {
  const double *a, *b;
  double* c;
  std::int64_t row_a, row_b, row_c;
};

struct Blas {
  std::string library;  // "OpenBLAS 0.3.21"
  std::string kernels;  // "SkylakeX"
  std::vector<Handicap> handicaps;
  void (*use_threads)(int threads);
  void (*multiply)(const Gemm& gemm, const Factors& on);

  std::string implementation() const { return library + ", " + kernels; }
};

// Ready for work; nothing in a build without it. Their first calls choose the kernels.
std::optional<Blas> openblas();
std::optional<Blas> blis();

std::vector<Blas> all_blas();                           // of this build
std::string names_of(std::span<const Blas> libraries);  // "OpenBLAS 0.3.21, SkylakeX; BLIS ..."

// The one that multiplies fastest on these buffers, by the corner of the product that is no larger
// than 1024^3. Overwrites C. `of` must not be empty.
const Blas& fastest(std::span<const Blas> of, const Gemm& gemm, const Factors& on);

// As gemm.hpp's, for f64.
Preparation prepare_blas_gemm(const Gemm& gemm, Operands& on, int threads, const Prepared* like);

}  // namespace shortfall

// A BLAS, which multiplies f64. One of blas_blis.cpp, blas_openblas.cpp and blas_absent.cpp is part
// of a build.
#pragma once

#include <optional>

#include "backends/device.hpp"

namespace shortfall {

struct Blas {
  std::string implementation;  // "BLIS 0.9.0, skx"
  Details details;             // what else there is to know
  void (*multiply)(const Gemm& gemm, const double* a, const double* b, double* c);
};

// Ready to work on `threads` threads; nothing in a build without one.
std::optional<Blas> start_blas(int threads);
Details blas_details();

}  // namespace shortfall

// Freivalds' check of a product where it lies: as core/freivalds.hpp says, but only C is read, by
// the GPU, and only a row that is wrong comes to the host.
#pragma once

#include "backends/cuda/stream.hpp"
#include "core/pattern.hpp"

namespace shortfall::cuda {

struct Checker {
  int units;               // multiprocessors
  const float* quantiles;  // those of normal_quantiles(), on the device
};

std::optional<Mismatch> check_product(Buffer& c, const Gemm& gemm, const Draw& draw,
                                      const Checker& with, CudaStream& on);

}  // namespace shortfall::cuda

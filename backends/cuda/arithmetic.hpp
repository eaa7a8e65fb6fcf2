// How cuBLASLt is asked to multiply each type, and whether an algorithm really does it that way.
#pragma once

#include <cublasLt.h>

#include <optional>
#include <string>

#include "core/operation/gemm.hpp"

namespace shortfall::cuda {

struct Arithmetic {
  cudaDataType_t left, right, result;  // of A, B and C
  cublasComputeType_t compute;
  std::string compute_name;  // "CUBLAS_COMPUTE_32F"
  cudaDataType_t factor;     // of what products and C are multiplied by
  // The library's flags that an algorithm may have.
  std::uint64_t native;
  std::string needs;  // "sm_89 or later"; what there must be beside the library
  // Both operands row by row of sums, or the library refuses: B is transposed beforehand.
  bool is_transposed = false;
  std::int64_t k_multiple = 1, n_multiple = 1;
  int block = 0;  // numbers that share a scale; 0: there is one scale for a matrix, or none
  cublasLtMatmulMatrixScale_t scales = CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F;
  unsigned char one = 0;  // the scale 1, of a block
};

// Nothing for types that are no operands of products.
std::optional<Arithmetic> arithmetic_of(DType type);

// Of floating-point types of 8 bits and less.
bool has_scales(const Arithmetic& arithmetic);

// Why cuBLASLt cannot lay out this product, whatever the GPU; empty if it can.
std::string why_not_laid_out(const Gemm& gemm, const Arithmetic& arithmetic);

// What an algorithm says of itself.
struct Implementation {
  std::uint64_t flags = 0;  // CUBLASLT_NUMERICAL_IMPL_FLAGS_*; 0: it says nothing
  bool can_emulate = false;
};

// "dmma f64, sums f64"
std::string text_of(const Implementation& implementation);

// Whether it multiplies numbers of this type by instructions for them, rather than by several of
// smaller ones. `is_emulation_wanted`: by the environment, so that silence is no proof.
bool is_native(const Implementation& implementation, const Arithmetic& arithmetic,
               bool is_emulation_wanted);

// "CUBLAS_EMULATE_DOUBLE_PRECISION": the variables that ask for emulation; empty if none does.
std::string wish_for_emulation();

}  // namespace shortfall::cuda

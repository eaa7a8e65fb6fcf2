// A DOUBLE of cuBLASLt, for machines without a GPU: a library of its own, which multiplies in plain
// loops on the streams of the DOUBLE of the CUDA runtime (tests/double/runtime.hpp).
//
// SHORTFALL_CUBLASLT_DOUBLE="name=value;..." is read at every call:
//   version=120400   what it says it is
//   sm=100           of which GPU; mxfp8 and nvfp4 need 100
//   fastest=3        which of its algorithms is fastest; every other takes longer by a step each
//   step_us=200      of so long
//   emulated=4       so many of the first do not do what they are asked to, but say so
//   silent=1         no algorithm says how it multiplies
//   refused=2        so many of the first are offered, and then refused
//   unsupported=1    no product is supported
//   wrong=17         this element is wrong by one; wrong_after=5 from the sixth product on
//   nan=3            this element is no number
//   broken=1         multiplies answer CUBLAS_STATUS_EXECUTION_FAILED
#pragma once

#include <cublasLt.h>

#include <array>
#include <optional>
#include <string>

namespace shortfall::cublaslt_double {

// Of the variable above; nothing if it does not name it.
std::optional<long> setting(const std::string& name);
long setting(const std::string& name, long otherwise);

// What is behind the library's handles.
struct Product {
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  cudaDataType_t factor = CUDA_R_32F;
  std::int32_t transposes_left = CUBLAS_OP_N, transposes_right = CUBLAS_OP_N;
  std::int8_t fast = 0;
  std::array<const void*, 2> scales{};
  std::array<std::int32_t, 2> modes{};
};

struct Matrix {
  cudaDataType_t type = CUDA_R_32F;
  std::uint64_t rows = 0, columns = 0;
  std::int64_t leading = 0;
  std::int32_t batch = 1;
  std::int64_t stride = 0;
};

struct Preference {
  std::uint64_t workspace = 0;
  std::uint64_t mask = ~std::uint64_t{0};
  std::array<std::uint32_t, 4> alignments{256, 256, 256, 256};
};

const Product& of(cublasLtMatmulDesc_t product);
const Matrix& of(cublasLtMatrixLayout_t matrix);
const Preference& of(cublasLtMatmulPreference_t preference);

struct Matrices {
  Matrix left, right, result;
};

// As the real one would answer, by what its documentation says of types, layouts and alignment.
cublasStatus_t judge(const Product& product, const Matrices& matrices);

// All that a product needs to know when its turn comes.
struct Work {
  Product product;
  Matrices matrices;
  double factor = 1;
  const std::uint8_t* left = nullptr;
  const std::uint8_t* right = nullptr;
  std::uint8_t* result = nullptr;
};
void multiply(const Work& work);

}  // namespace shortfall::cublaslt_double

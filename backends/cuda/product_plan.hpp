// One product as cuBLASLt is told of it, and the algorithms that it offers for it.
#pragma once

#include <vector>

#include "backends/cuda/arithmetic.hpp"
#include "backends/cuda/cublaslt.hpp"

namespace shortfall::cuda {

// Device memory. `b` is transposed where the arithmetic asks for it.
struct ProductMemory {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
  const void* scales_of_a = nullptr;
  const void* scales_of_b = nullptr;
  void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
};

struct Algorithm {
  cublasLtMatmulAlgo_t algorithm = {};
  Implementation implementation;
  std::size_t workspace = 0;
  float waves = 0;
};

class ProductPlan {
 public:
  ProductPlan(const CublasLt& library, cublasLtHandle_t handle, const Gemm& gemm,
              const Arithmetic& arithmetic, const ProductMemory& memory);

  // At most 16, those that the library believes to be fast first; none is emulated. Throws Refusal
  // if it has none.
  std::vector<Algorithm> algorithms() const;

  cublasStatus_t multiply(const Algorithm& by, cudaStream_t stream) const;

  // "id 66, tile 20, stages 36, ...": numbers of the library's header.
  std::string text_of(const Algorithm& algorithm) const;

 private:
  void describe();
  MatrixDescription matrix(cudaDataType_t type, std::int64_t rows, std::int64_t columns) const;
  PreferenceDescription preference(std::uint64_t implementations) const;
  std::vector<Algorithm> algorithms(std::uint64_t implementations) const;
  Implementation implementation_of(const cublasLtMatmulAlgo_t& algorithm) const;
  template <class Value>
  void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) const;
  template <class Value>
  void set(const PreferenceDescription& on, cublasLtMatmulPreferenceAttributes_t attribute,
           const Value& value) const;

  const CublasLt& library_;
  cublasLtHandle_t handle_;
  Gemm gemm_;
  Arithmetic arithmetic_;
  ProductMemory memory_;
  ProductDescription product_;
  MatrixDescription left_, right_, result_;  // the library's: B, A and C, all of them transposed
};

// The largest power of two, up to 256, that divides an address.
std::uint32_t alignment_of(const void* address);

}  // namespace shortfall::cuda

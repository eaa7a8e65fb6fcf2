// One product made ready: by the fastest of the library's algorithms.
#pragma once

#include <optional>

#include "backends/cuda/buffer.hpp"
#include "backends/cuda/card.hpp"
#include "backends/cuda/product_plan.hpp"
#include "backends/cuda/tuning.hpp"

namespace shortfall::cuda {

// An algorithm that was found for a product, so that it is not looked for again: by further sets of
// operands, other data, experts of as many rows.
struct KnownAlgorithm {
  Gemm gemm;  // of any data
  std::uint32_t alignment = 0;
  Algorithm algorithm;
  Tuned tuned;
};

// What the products of one GPU share. Used by one thread.
struct ProductShop {
  explicit ProductShop(const Card& card);
  ~ProductShop();
  ProductShop(const ProductShop&) = delete;
  ProductShop& operator=(const ProductShop&) = delete;

  Card card;
  CublasLt library;
  cublasLtHandle_t handle = nullptr;
  CudaStream stream;  // for what is not measured
  CudaBuffer workspace;
  CudaBuffer one;  // f32
  std::vector<KnownAlgorithm> known;
};

// Throws Refusal where the library does not do it. `tuning`: what choosing an algorithm may take.
std::unique_ptr<Prepared> prepare_product(ProductShop& shop, const Gemm& gemm, Operands& on,
                                          Seconds tuning);

}  // namespace shortfall::cuda

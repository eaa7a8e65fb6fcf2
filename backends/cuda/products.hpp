// Matrix products by cuBLASLt.
#pragma once

#include <memory>

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

struct ProductShop;

class Products {
 public:
  explicit Products(const Card& card);
  ~Products();
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;

  // Opens the library at the first call. refresh() of what is prepared tries several of its
  // algorithms. Unsupported, with the library's own words, where it does not do it.
  Preparation prepare(const Gemm& gemm, Operands& on);

 private:
  ProductShop& shop();
  Preparation prepare(const Gemm& gemm, Operands& on, Seconds tuning);

  Card card_;
  std::unique_ptr<ProductShop> shop_;
};

}  // namespace shortfall::cuda

// Matrix products by cuBLASLt.
#pragma once

#include <memory>

#include "backends/cuda/card.hpp"
#include "backends/device.hpp"

namespace shortfall::cuda {

class Products {
 public:
  explicit Products(const Card& card);
  ~Products();
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;

  // Opens the library at the first call. Tries several of its algorithms on `on`.
  Preparation prepare(const Gemm& gemm, Operands& on);

 private:
  Card card_;
};

}  // namespace shortfall::cuda

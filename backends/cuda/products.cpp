#include "backends/cuda/products.hpp"

namespace shortfall::cuda {

Products::Products(const Card& card) : card_(card) {}
Products::~Products() = default;
Preparation Products::prepare(const Gemm&, Operands&) { return Unsupported{"not yet"}; }

}  // namespace shortfall::cuda

#include "backends/cuda/products.hpp"

#include "backends/cuda/graph.hpp"
#include "backends/cuda/product.hpp"
#include "backends/one_by_one.hpp"

namespace shortfall::cuda {

Products::Products(const Card& card) : card_(card) {}
Products::~Products() = default;

ProductShop& Products::shop() {
  if (!shop_) shop_ = std::make_unique<ProductShop>(card_);
  return *shop_;
}

Preparation Products::prepare(const Gemm& gemm, Operands& on) {
  constexpr Seconds tuning{0.3};
  if (!gemm.skew) return prepare(gemm, on, tuning);
  // This version of the library multiplies no groups of all types: each product is a call of its
  // own, and all of them are one graph, so that starting them takes no time of the host.
  const Seconds of_each = tuning / static_cast<double>(gemm.batch);
  Preparation all =
      prepare_one_by_one(gemm, on, [this, of_each](const Gemm& product, Operands& part) {
        return prepare(product, part, of_each);
      });
  auto* const products = std::get_if<std::unique_ptr<Prepared>>(&all);
  if (products == nullptr) return all;
  return std::make_unique<Graph>(std::move(*products), shop().stream, [&on = shop().stream] {
    check(cudaStreamSynchronize(on.handle()), "launch a graph");  // no other rank is waited for
  });
}

Preparation Products::prepare(const Gemm& gemm, Operands& on, Seconds tuning) {
  try {
    return prepare_product(shop(), gemm, on, tuning);
  } catch (const Refusal& no) {
    return Unsupported{no.reason};
  } catch (const OutOfMemory& no) {
    return Unsupported{no.what()};
  }
}

}  // namespace shortfall::cuda

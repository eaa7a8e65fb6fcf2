#include "backends/cuda/product.hpp"

#include <fmt/format.h>

#include "backends/cuda/transposed.hpp"
#include "core/text.hpp"

namespace shortfall::cuda {
namespace {

// As cuBLAS recommends it for each architecture: with less, algorithms that share sums out among
// blocks are not offered.
Bytes workspace_for(const Card& card) { return card.major >= 9 ? 32_MiB : 4_MiB; }

const Arithmetic& needed(const std::optional<Arithmetic>& arithmetic, const Gemm& gemm) {
  if (!arithmetic) {
    throw Refusal{fmt::format("there are no products of {}", name_of(gemm.type))};
  }
  const std::string why = why_not_laid_out(gemm, *arithmetic);
  if (!why.empty()) throw Refusal{why};
  return *arithmetic;
}

// Of one matrix: a byte for each block, in tiles of 128 rows by 4 blocks.
Bytes scales_of(const Gemm& gemm, std::int64_t rows, int block) {
  const auto pieces = [](std::int64_t whole, std::int64_t piece) {
    return (whole + piece - 1) / piece * piece;
  };
  const std::int64_t bytes = pieces(rows, 128) * pieces((gemm.k + block - 1) / block, 4);
  return {static_cast<double>(bytes * gemm.batch)};
}

class Product final : public Prepared {
 public:
  Product(ProductShop& shop, const Gemm& gemm, const Arithmetic& arithmetic, Operands& on,
          Seconds tuning)
      : shop_(shop),
        gemm_(gemm),
        arithmetic_(arithmetic),
        transposed_b_(arithmetic.is_transposed ? copy_for_b(gemm) : nullptr),
        scales_of_a_(ones(gemm.m)),
        scales_of_b_(ones(gemm.n)),
        b_(static_cast<const std::uint8_t*>(on.inputs.at(1)->address())),
        memory_(memory_of(on)),
        plan_(shop.library, shop.handle, gemm, arithmetic, memory_),
        candidates_(plan_.algorithms()),
        tuning_(tuning) {
    keep_what_runs();
    chosen_ = candidates_.front();
  }

  void enqueue(Stream& stream) override {
    const cublasStatus_t status = plan_.multiply(chosen_, own(stream).handle());
    shop_.library.check(status, "multiply by cuBLASLt");
  }

  void refresh() override {
    if (transposed_b_) transpose();
    if (!is_tuned_) tune();
  }

  Details details() const override {
    const std::string written = scaled(static_cast<double>(chosen_.workspace), "B");
    Details all{{"implementation", shop_.library.name()},
                {"compute_type", arithmetic_.compute_name},
                {"math", text_of(chosen_.implementation)},
                {"algorithm", plan_.text_of(chosen_)},
                {"workspace", written},
                {"waves", fmt::format("{:.2f}", chosen_.waves)}};
    if (transposed_b_) all.emplace_back("layout", "B is transposed beforehand, untimed");
    if (has_scales(arithmetic_)) all.emplace_back("fast_accumulation", "off");
    return all;
  }

  std::vector<Figure> figures() const override {
    return {{"algorithms_tried", static_cast<double>(tuned_.tried)},
            {"gain_by_trying", tuned_.gain}};
  }

 private:
  // The operand may lie in a larger buffer.
  static std::unique_ptr<CudaBuffer> copy_for_b(const Gemm& gemm) {
    return std::make_unique<CudaBuffer>(layout_of(gemm, {}).inputs.at(1).bytes());
  }

  // Scales of 1 for all blocks of an operand, whatever their order.
  std::unique_ptr<CudaBuffer> ones(std::int64_t rows) const {
    if (arithmetic_.block == 0) return nullptr;
    auto scales = std::make_unique<CudaBuffer>(scales_of(gemm_, rows, arithmetic_.block));
    check(cudaMemsetAsync(scales->address(), arithmetic_.one, whole(scales->size()),
                          shop_.stream.handle()),
          "write scales");
    check(cudaStreamSynchronize(shop_.stream.handle()), "write scales");
    return scales;
  }

  ProductMemory memory_of(Operands& on) {
    void* const one = shop_.one.address();
    return {.a = on.inputs.at(0)->address(),
            .b = transposed_b_ ? transposed_b_->address() : on.inputs.at(1)->address(),
            .c = on.output->address(),
            .scales_of_a = scales_of_a_ ? scales_of_a_->address() : one,
            .scales_of_b = scales_of_b_ ? scales_of_b_->address() : one,
            .workspace = shop_.workspace.address(),
            .workspace_bytes = whole(shop_.workspace.size())};
  }

  // The library may offer what it then refuses.
  void keep_what_runs() {
    cublasStatus_t status = CUBLAS_STATUS_SUCCESS;
    while (!candidates_.empty()) {
      status = plan_.multiply(candidates_.front(), shop_.stream.handle());
      if (!is_refusal(status)) break;
      candidates_.erase(candidates_.begin());
    }
    shop_.library.check(status, "multiply by cuBLASLt");
    check(cudaStreamSynchronize(shop_.stream.handle()), "multiply by cuBLASLt");
  }

  void transpose() {
    launch_transposition({.from = b_,
                          .to = static_cast<std::uint8_t*>(transposed_b_->address()),
                          .rows = gemm_.k,
                          .columns = gemm_.n,
                          .matrices = gemm_.batch,
                          .is_in_pairs = gemm_.type == DType::nvfp4},
                         shop_.stream.handle());
    check(cudaGetLastError(), "transpose a matrix");
    check(cudaStreamSynchronize(shop_.stream.handle()), "transpose a matrix");
  }

  void tune() {
    is_tuned_ = true;
    KnownAlgorithm wanted{.gemm = gemm_, .alignment = alignment()};
    wanted.gemm.data = {};
    wanted.gemm.is_cold = false;
    const auto known = std::ranges::find_if(shop_.known, [&](const KnownAlgorithm& one) {
      return one.gemm == wanted.gemm && one.alignment == wanted.alignment;
    });
    if (known != shop_.known.end()) {
      chosen_ = known->algorithm;
      tuned_ = known->tuned;
      return;
    }
    tuned_ = fastest_of(
        candidates_.size(),
        [this](std::size_t i, CudaStream& stream) {
          const cublasStatus_t status = plan_.multiply(candidates_[i], stream.handle());
          if (is_refusal(status)) return false;
          shop_.library.check(status, "multiply by cuBLASLt");
          return true;
        },
        shop_.stream, tuning_);
    chosen_ = candidates_.at(tuned_.best);
    wanted.algorithm = chosen_;
    wanted.tuned = tuned_;
    shop_.known.push_back(wanted);
  }

  std::uint32_t alignment() const {
    return std::min({alignment_of(memory_.a), alignment_of(memory_.b), alignment_of(memory_.c)});
  }

  ProductShop& shop_;
  Gemm gemm_;
  Arithmetic arithmetic_;
  std::unique_ptr<CudaBuffer> transposed_b_, scales_of_a_, scales_of_b_;
  const std::uint8_t* b_;
  ProductMemory memory_;
  ProductPlan plan_;
  std::vector<Algorithm> candidates_;  // the library's favourite first
  Seconds tuning_;
  Algorithm chosen_;
  Tuned tuned_;
  bool is_tuned_ = false;
};

}  // namespace

ProductShop::ProductShop(const Card& card_)
    : card(card_),
      library(open_cublaslt()),
      stream(card_.units),
      workspace(workspace_for(card_)),
      one({sizeof(float)}) {
  constexpr float value = 1;
  check(cudaMemcpy(one.address(), &value, sizeof value, cudaMemcpyHostToDevice), "write a scale");
  library.check(library.create(&handle), "start cuBLASLt");
}

ProductShop::~ProductShop() { library.destroy(handle); }

std::unique_ptr<Prepared> prepare_product(ProductShop& shop, const Gemm& gemm, Operands& on,
                                          Seconds tuning) {
  const auto arithmetic = arithmetic_of(gemm.type);
  const Arithmetic& by = needed(arithmetic, gemm);
  try {
    return std::make_unique<Product>(shop, gemm, by, on, tuning);
  } catch (Refusal& no) {
    if (!by.needs.empty()) {
      no.reason += fmt::format("; products of {} need {}, this is {}", name_of(gemm.type), by.needs,
                               shop.card.architecture());
    }
    throw;
  }
}

}  // namespace shortfall::cuda

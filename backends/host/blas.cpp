#include "backends/host/blas.hpp"

#include <algorithm>
#include <limits>

#include "backends/host/fastest.hpp"
#include "backends/host/now.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

// Of the calls of one turn, the best. A turn outlasts the idle threads of the library whose turn
// was before, which spin for a while: OpenBLAS's for 2^26 cycles.
double seconds_of(const Blas& blas, const Gemm& gemm, const Factors& on) {
  constexpr double turn = 0.03;
  double best = std::numeric_limits<double>::infinity();
  const double start = now();
  do {
    const double begun = now();
    blas.multiply(gemm, on);
    best = std::min(best, now() - begun);
  } while (now() - start < turn);
  return best;
}

// Number i of a batch, whose matrices lie one behind the other.
Factors product_of(std::int64_t i, const Gemm& gemm, const Factors& first) {
  Factors on = first;
  on.a += i * gemm.m * gemm.k;
  on.b += i * gemm.k * gemm.n;
  on.c += i * gemm.m * gemm.n;
  return on;
}

class BlasGemm final : public Prepared {
 public:
  BlasGemm(const Gemm& gemm, const Factors& factors, const Blas& by, Details details)
      : gemm_(gemm), factors_(factors), by_(by), details_(std::move(details)) {}
  void enqueue(Stream&) override {
    for (std::int64_t i = 0; i < gemm_.batch; ++i) {
      by_.multiply(gemm_, product_of(i, gemm_, factors_));
    }
  }
  Details details() const override { return details_; }
  const Blas& library() const { return by_; }

 private:
  Gemm gemm_;
  Factors factors_;
  Blas by_;
  Details details_;
};

}  // namespace

std::vector<Blas> all_blas() {
  std::vector<Blas> all;
  for (auto& blas : {openblas(), blis()}) {
    if (blas) all.push_back(*blas);
  }
  return all;
}

std::string names_of(std::span<const Blas> libraries) {
  std::vector<std::string> names;
  for (const Blas& blas : libraries) names.push_back(blas.implementation());
  return join(names, "; ");
}

const Blas& fastest(std::span<const Blas> of, const Gemm& gemm, const Factors& on) {
  if (of.size() == 1) return of.front();
  constexpr std::int64_t enough = 1024;
  const Gemm part{std::min(gemm.m, enough), std::min(gemm.n, enough), std::min(gemm.k, enough),
                  gemm.type};
  constexpr int turns = 3;
  return of[fastest_of(of.size(), turns,
                       [&](std::size_t i) { return seconds_of(of[i], part, on); })];
}

Preparation prepare_blas_gemm(const Gemm& gemm, Operands& on, int threads, const Prepared* like) {
  const std::vector<Blas> all = all_blas();
  if (all.empty()) {
    return Unsupported{
        "this build has no BLAS, which would multiply f64: install libopenblas-dev or "
        "libblis-openmp-dev and configure again"};
  }
  for (const Blas& blas : all) blas.use_threads(threads);
  const Factors factors{static_cast<const double*>(on.inputs.at(0)->address()),
                        static_cast<const double*>(on.inputs.at(1)->address()),
                        static_cast<double*>(on.output->address()),
                        gemm.k,
                        gemm.n,
                        gemm.n};
  const auto* const known = dynamic_cast<const BlasGemm*>(like);
  const Blas& chosen = known != nullptr ? known->library() : fastest(all, gemm, factors);
  Details details{{"implementation", chosen.implementation()},
                  {"threads", std::to_string(threads)}};
  if (all.size() > 1) details.emplace_back("chosen_from", names_of(all));
  return std::make_unique<BlasGemm>(gemm, factors, chosen, std::move(details));
}

}  // namespace shortfall

// f64 products by OpenBLAS, which may be kept from its best kernels by variables of the
// environment.
#include <cblas.h>
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include "backends/host/blas.hpp"
#include "backends/host/blas_names.hpp"
#include "backends/host/now.hpp"
#include "backends/host/variable.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

// The kernels it was told to use, and the cache it was told to fill.
constexpr std::array crippling{"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"};

void multiply(const Gemm& gemm, const Factors& on) {
  const auto whole = [](std::int64_t n) { return static_cast<blasint>(n); };
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, whole(gemm.m), whole(gemm.n),
              whole(gemm.k), 1, on.a, whole(on.row_a), on.b, whole(on.row_b), 0, on.c,
              whole(on.row_c));
}

// Functions that not every build of OpenBLAS has: nullptr then.
using Procedure = void (*)();
Procedure procedure(const char* name) {
  return reinterpret_cast<Procedure>(dlsym(RTLD_DEFAULT, name));
}

std::string library() { return library_of(openblas_get_config()); }

class SmallProduct {
 public:
  double seconds() {
    const double start = now();
    multiply(product_, {a_.data(), b_.data(), c_.data(), n, n, n});
    return now() - start;
  }

 private:
  static constexpr std::int64_t n = 768;
  static constexpr Gemm product_{n, n, n, DType::f64};
  std::vector<double> a_ = std::vector<double>(n * n, 1.0), b_ = a_, c_ = a_;
};

struct Comparison {
  std::string kernels_as_set, kernels_free;
  double gain;
};

// Leaves the kernels that it chooses by itself. `choose_again` obeys the environment.
Comparison compare(const std::function<void()>& choose_again) {
  constexpr int turns = 5;  // the first is not counted
  Comparison found;
  SmallProduct product;
  double as_set = std::numeric_limits<double>::infinity(), free = as_set;
  for (int turn = 0; turn < turns; ++turn) {
    choose_again();
    found.kernels_as_set = openblas_get_corename();
    const double slow = product.seconds();
    const ChangedVariable core(crippling[0], nullptr), cache(crippling[1], nullptr);
    choose_again();
    found.kernels_free = openblas_get_corename();
    const double fast = product.seconds();
    if (turn == 0) continue;
    as_set = std::min(as_set, slow);
    free = std::min(free, fast);
  }
  found.gain = as_set / free;
  return found;
}

// Lets OpenBLAS choose its kernels again without the variables, if that is faster.
std::vector<Handicap> mend() {
  std::vector<std::string> settings, names;
  for (const char* const name : crippling) {
    const char* const value = std::getenv(name);
    if (value == nullptr) continue;
    settings.push_back(std::string(name) + "=" + value);
    names.emplace_back(name);
  }
  const Procedure forget = procedure("gotoblas_dynamic_quit");
  const Procedure choose = procedure("gotoblas_dynamic_init");
  if (settings.empty() || forget == nullptr || choose == nullptr) return {};
  const auto choose_again = [&] {
    forget();
    choose();
  };
  openblas_set_num_threads(1);
  const Comparison found = compare(choose_again);
  constexpr double worth_telling = 1.05;
  if (found.gain < worth_telling) {
    choose_again();
    return {};
  }
  return {{.library = library(),
           .cause = join(settings, ", "),
           .before = found.kernels_as_set,
           .after = found.kernels_free,
           .gain = found.gain,
           .gain_source = "measured: products of 768^3 on one thread, in turns",
           .remedy = "unset " + join(names, " and "),
           .is_mended = true}};
}

// Its threads were started when it was loaded, before this rank was bound to its CPUs. Those that
// it starts at the next product inherit the binding.
void end_unbound_threads() {
  constexpr int by_pthreads = 1;
  const Procedure shut_down = procedure("blas_thread_shutdown_");
  if (openblas_get_parallel() == by_pthreads && shut_down != nullptr) shut_down();
}

Blas start() {
  end_unbound_threads();
  std::vector<Handicap> handicaps = mend();
  return {library(), openblas_get_corename(), std::move(handicaps),
          [](int threads) { openblas_set_num_threads(threads); }, multiply};
}

}  // namespace

std::optional<Blas> openblas() {
  static const Blas ready = start();
  return ready;
}

}  // namespace shortfall

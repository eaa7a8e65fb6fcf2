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

using Procedure = void (*)();

struct Functions {
  decltype(&cblas_dgemm) multiply = nullptr;
  decltype(&openblas_get_config) config = nullptr;
  decltype(&openblas_get_corename) kernels = nullptr;
  decltype(&openblas_set_num_threads) use_threads = nullptr;
  Procedure forget_kernels = nullptr, choose_kernels = nullptr;  // not every build has them

  bool is_complete() const { return multiply && config && kernels && use_threads; }
};

// Loaded when it is first needed, not with the program: it starts threads as soon as it is loaded.
// They would take the signals that the sentinel waits for, and not be bound as this rank is.
Functions load() {
  void* library = nullptr;
  for (const char* const name : {"libopenblas.so.0", "libopenblas.so"}) {
    if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  Functions all;
  if (library == nullptr) return all;
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
  };
  find(all.multiply, "cblas_dgemm");
  find(all.config, "openblas_get_config");
  find(all.kernels, "openblas_get_corename");
  find(all.use_threads, "openblas_set_num_threads");
  find(all.forget_kernels, "gotoblas_dynamic_quit");
  find(all.choose_kernels, "gotoblas_dynamic_init");
  return all;
}

const Functions& functions() {
  static const Functions loaded = load();
  return loaded;
}

void multiply(const Gemm& gemm, const Factors& on) {
  const auto whole = [](std::int64_t n) { return static_cast<blasint>(n); };
  functions().multiply(CblasRowMajor, CblasNoTrans, CblasNoTrans, whole(gemm.m), whole(gemm.n),
                       whole(gemm.k), 1, on.a, whole(on.row_a), on.b, whole(on.row_b), 0, on.c,
                       whole(on.row_c));
}

std::string library() { return library_of(functions().config()); }

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
    found.kernels_as_set = functions().kernels();
    const double slow = product.seconds();
    const ChangedVariable core(crippling[0], nullptr), cache(crippling[1], nullptr);
    choose_again();
    found.kernels_free = functions().kernels();
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
  const Procedure forget = functions().forget_kernels, choose = functions().choose_kernels;
  if (settings.empty() || forget == nullptr || choose == nullptr) return {};
  const auto choose_again = [&] {
    forget();
    choose();
  };
  functions().use_threads(1);
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

Blas start() {
  std::vector<Handicap> handicaps = mend();
  return {library(), functions().kernels(), std::move(handicaps),
          [](int threads) { functions().use_threads(threads); }, multiply};
}

}  // namespace

std::optional<Blas> openblas() {
  if (!functions().is_complete()) return std::nullopt;
  static const Blas ready = start();
  return ready;
}

}  // namespace shortfall

// f64 products by BLIS, by its own interface: cblas_dgemm is OpenBLAS's where a build has both.
#include <blis.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <limits>

#include "backends/host/blas.hpp"
#include "backends/host/blas_names.hpp"
#include "backends/host/now.hpp"
#include "backends/host/peak_kernels.hpp"
#include "backends/host/variable.hpp"

namespace shortfall {
namespace {

constexpr const char* variable = "BLIS_ARCH_TYPE";

void multiply(const Gemm& gemm, const Factors& on) {
  double one = 1, zero = 0;
  // BLIS before 1.0 does not say that it leaves A and B as they are.
  bli_dgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, gemm.m, gemm.n, gemm.k, &one,
            const_cast<double*>(on.a), on.row_a, 1, const_cast<double*>(on.b), on.row_b, 1, &zero,
            on.c, on.row_c, 1);
}

std::string library() { return std::string("BLIS ") + bli_info_get_version_str(); }

// In a copy of this process. It ends at an architecture that BLIS does not have.
[[noreturn]] void tell_choice() {
  for (const int fatal : {SIGABRT, SIGALRM}) signal(fatal, SIG_DFL);
  alarm(2);  // a lock that another thread held is held for ever here
  bli_init();
  _exit(static_cast<int>(bli_arch_query_id()));
}

// The kernels that BLIS takes as things are; empty if that cannot be told. It decides once in a
// process, so a copy of this one is asked: a bare one, since fork() would call what MPI and others
// hang on it.
std::string own_choice() {
  const auto copy = static_cast<pid_t>(syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr));
  if (copy == 0) tell_choice();
  int status = 0;
  if (copy < 0 || waitpid(copy, &status, __WALL) != copy || !WIFEXITED(status)) return "";
  return bli_arch_string(static_cast<arch_t>(WEXITSTATUS(status)));
}

double seconds_of(const PeakKernel& kernel) {
  constexpr std::int64_t operations = 30'000'000;  // a millisecond, or less
  const double start = now();
  kernel.run(operations / kernel.operations_of_round);
  return now() - start;
}

// Of vectors of 512 bits over those of `bits`; 1 on a processor that has not got them.
double gain_over(int bits) {
  const std::vector<PeakKernel> kernels = peak_kernels(DType::f64);
  const auto on = [&](std::string_view registers) {
    return std::ranges::find_if(
        kernels, [&](const PeakKernel& kernel) { return kernel.instruction.ends_with(registers); });
  };
  const auto wide = on("zmm"), narrow = on(bits == 256 ? "ymm" : "xmm");
  if (wide == kernels.end() || narrow == kernels.end()) return 1;
  constexpr int turns = 10;
  double of_wide = std::numeric_limits<double>::infinity(), of_narrow = of_wide;
  for (int turn = 0; turn < turns; ++turn) {
    of_wide = std::min(of_wide, seconds_of(*wide));
    of_narrow = std::min(of_narrow, seconds_of(*narrow));
  }
  return of_narrow / of_wide;
}

std::string cause() {
  const char* const set = std::getenv(variable);
  if (set != nullptr) return std::string(variable) + "=" + set;
  return "its own choice, because it does not know this processor";
}

// Processors with AVX-512 that BLIS does not know are taken for something older: by 0.9, Zen 4 and
// 5 for "generic", virtual Xeons for "haswell". The kernels of Skylake run on all of them. That can
// be decided only before its first call.
std::vector<Handicap> start_with_widest_kernels() {
  constexpr double worth_telling = 1.05;
  const std::string before = own_choice();
  const int bits = vector_bits_of(before);
  const double gain = before.empty() || bits == 512 ? 1 : gain_over(bits);
  if (gain < worth_telling) {
    bli_init();
    return {};
  }
  const std::string why = cause();
  const std::string skx = std::to_string(BLIS_ARCH_SKX);  // 0.9 takes every name for 0
  const ChangedVariable widest(variable, skx.c_str());
  bli_init();
  const std::string after = bli_arch_string(bli_arch_query_id());
  return {{.library = library(),
           .cause = why,
           .before = before,
           .after = after,
           .gain = gain,
           .gain_source = "expected: multiply-adds on registers of 512 bits over those of " +
                          std::to_string(bits) + " bits, measured",
           .remedy = std::string("set ") + variable + "=" + skx + ", which is " + after + ",",
           .is_mended = after == "skx"}};
}

Blas start() {
  std::vector<Handicap> handicaps = start_with_widest_kernels();
  return {library(), bli_arch_string(bli_arch_query_id()), std::move(handicaps),
          [](int threads) { bli_thread_set_num_threads(threads); }, multiply};
}

}  // namespace

std::optional<Blas> blis() {
  static const Blas ready = start();
  return ready;
}

}  // namespace shortfall

// The libraries that multiply f64 on the host: what they are called, and which is taken.
#include "backends/host/blas.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "backends/host/blas_names.hpp"
#include "backends/host/now.hpp"
#include "backends/host/variable.hpp"

namespace shortfall {
namespace {

TEST(Blas, NameAndVersionOfOpenblasAreTheFirstTwoWordsOfItsConfiguration) {
  EXPECT_EQ(library_of("OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH SkylakeX MAX_THREADS=64"),
            "OpenBLAS 0.3.21");
  EXPECT_EQ(library_of("OpenBLAS 0.3.21"), "OpenBLAS 0.3.21");
  EXPECT_EQ(library_of("OpenBLAS"), "OpenBLAS");
}

TEST(Blas, ArchitecturesOfBlisHaveTheWidthOfTheirVectors) {
  EXPECT_EQ(vector_bits_of("skx"), 512);
  EXPECT_EQ(vector_bits_of("haswell"), 256);
  EXPECT_EQ(vector_bits_of("zen3"), 256);
  EXPECT_EQ(vector_bits_of("generic"), 128);
}

void multiply_slowly(const Gemm&, const Factors& on) {
  for (const double end = now() + 1e-3; now() < end;) *on.c += 1;
}
void multiply_at_once(const Gemm&, const Factors&) {}

Blas made_up(const char* name, void (*multiply)(const Gemm&, const Factors&)) {
  return {name, "any", {}, [](int) {}, multiply};
}

TEST(Blas, TheFasterLibraryIsTakenWhereverItStands) {
  double number = 1;
  const Factors on{&number, &number, &number, 1, 1, 1};
  const Blas slow = made_up("slow", multiply_slowly), quick = made_up("quick", multiply_at_once);

  EXPECT_EQ(fastest(std::array{slow, quick}, Gemm{1, 1, 1, DType::f64}, on).library, "quick");
  EXPECT_EQ(fastest(std::array{quick, slow}, Gemm{1, 1, 1, DType::f64}, on).library, "quick");
}

void multiply_only_small(const Gemm& gemm, const Factors& on) {
  *on.c = std::max({*on.c, static_cast<double>(gemm.m), static_cast<double>(gemm.n),
                    static_cast<double>(gemm.k)});
}

TEST(Blas, ALargeProductIsNotMultipliedToChoose) {
  double longest = 0;
  const Factors on{&longest, &longest, &longest, 9000, 300, 300};
  const Blas blas = made_up("any", multiply_only_small);

  fastest(std::array{blas, blas}, Gemm{5000, 300, 9000, DType::f64}, on);

  EXPECT_EQ(longest, 1024);
}

TEST(Blas, AloneIsTakenWithoutATrial) {
  double calls = 0;
  const Factors on{&calls, &calls, &calls, 1, 1, 1};

  fastest(std::array{made_up("slow", multiply_slowly)}, Gemm{1, 1, 1, DType::f64}, on);

  EXPECT_EQ(calls, 0);
}

TEST(Blas, OpenblasIsNotLoadedWithTheProgram) {
  EXPECT_EQ(dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_NOLOAD), nullptr)
      << "its threads would take the signals that the sentinel waits for";
}

TEST(Blas, EveryLibraryOfTheBuildNamesItsKernels) {
  for (const Blas& blas : all_blas()) {
    EXPECT_NE(blas.library.find(' '), std::string::npos) << blas.library;
    EXPECT_NE(blas.kernels, "") << blas.library;
  }
}

// A is 2 x 3 in rows of 4 elements, B is 3 x 2 in rows of 3, C is 2 x 2 in rows of 3.
TEST(Blas, EveryLibraryOfTheBuildMultipliesCornersOnAnyNumberOfThreads) {
  const std::array a{1.0, 2.0, 3.0, 99.0, 4.0, 5.0, 6.0, 99.0};
  const std::array b{1.0, 0.0, 99.0, 0.0, 1.0, 99.0, 2.0, 2.0, 99.0};
  for (const Blas& blas : all_blas()) {
    for (const int threads : {1, 3, 2}) {
      std::array<double, 6> c{-1, -1, -1, -1, -1, -1};
      blas.use_threads(threads);
      blas.multiply({2, 2, 3, DType::f64}, {a.data(), b.data(), c.data(), 4, 3, 3});
      EXPECT_EQ(c, (std::array{7.0, 8.0, -1.0, 16.0, 17.0, -1.0})) << blas.library;
    }
  }
}

TEST(Blas, AChangedVariableIsRestored) {
  constexpr const char* name = "SHORTFALL_TEST_VARIABLE";
  unsetenv(name);
  {
    const ChangedVariable was_not_set(name, "a");
    EXPECT_STREQ(std::getenv(name), "a");
    const ChangedVariable was_set(name, nullptr);
    EXPECT_EQ(std::getenv(name), nullptr);
  }
  EXPECT_EQ(std::getenv(name), nullptr);
}

}  // namespace
}  // namespace shortfall

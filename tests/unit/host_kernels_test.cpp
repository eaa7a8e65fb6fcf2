// The host's kernels and buffers, below what the contract of devices can see.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

#include "backends/host/buffer.hpp"
#include "backends/host/memory_kernels.hpp"
#include "backends/host/peak_kernels.hpp"
#include "backends/host/stream.hpp"
#include "core/error.hpp"
#include "core/operation.hpp"

namespace shortfall {

void PrintTo(const MemoryKernels& kernels, std::ostream* out) { *out << kernels.isa; }

namespace {

constexpr std::size_t most = 200;
constexpr double untouched = -1;

struct Arrays {
  alignas(64) double to[most + 8], from[most], scaled[most];

  Arrays() {
    std::fill(std::begin(to), std::end(to), untouched);
    std::iota(std::begin(from), std::end(from), 1.0);
    std::iota(std::begin(scaled), std::end(scaled), 1000.0);
  }
};

// Every level that this processor can run, with a number of elements.
using Case = std::tuple<MemoryKernels, std::size_t>;

class HostKernels : public testing::TestWithParam<Case> {
 protected:
  const MemoryKernels kernels = std::get<0>(GetParam());
  const std::size_t count = std::get<1>(GetParam());
  Arrays arrays;

  void expect_copy() {
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(arrays.to[i], arrays.from[i]) << i;
    EXPECT_EQ(arrays.to[count], untouched);
  }
  void expect_triad() {
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(arrays.to[i], arrays.from[i] + MemoryPass::scale * arrays.scaled[i]) << i;
    }
    EXPECT_EQ(arrays.to[count], untouched);
  }
};

TEST_P(HostKernels, ReadSumsEveryElement) {
  const auto n = static_cast<double>(count);

  EXPECT_EQ(kernels.read(arrays.from, count), n * (n + 1) / 2);
}

TEST_P(HostKernels, CopyStopsAtTheEnd) {
  kernels.copy(arrays.to, arrays.from, count);

  expect_copy();
}

TEST_P(HostKernels, NonTemporalCopyStopsAtTheEnd) {
  if (kernels.copy_non_temporal == nullptr) GTEST_SKIP() << "there are no such stores";

  kernels.copy_non_temporal(arrays.to, arrays.from, count);

  expect_copy();
}

TEST_P(HostKernels, TriadStopsAtTheEnd) {
  kernels.triad(arrays.to, arrays.from, arrays.scaled, count);

  expect_triad();
}

TEST_P(HostKernels, NonTemporalTriadStopsAtTheEnd) {
  if (kernels.triad_non_temporal == nullptr) GTEST_SKIP() << "there are no such stores";

  kernels.triad_non_temporal(arrays.to, arrays.from, arrays.scaled, count);

  expect_triad();
}

INSTANTIATE_TEST_SUITE_P(Every, HostKernels,
                         testing::Combine(testing::ValuesIn(memory_kernels()),
                                          testing::Values(0U, 8U, 24U, 32U, 64U, 72U, 200U)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).isa) + "_" +
                                  std::to_string(std::get<1>(test.param));
                         });

std::vector<PeakKernel> all_peak_kernels() {
  std::vector<PeakKernel> all;
  for (const DType type : {DType::f64, DType::f32, DType::bf16, DType::int8}) {
    for (const PeakKernel& kernel : peak_kernels(type)) all.push_back(kernel);
  }
  return all;
}

TEST(HostPeak, RoundsDivideTheOperationsOfACall) {
  for (const PeakKernel& kernel : all_peak_kernels()) {
    EXPECT_EQ(peak_rate_operations % kernel.operations_of_round, 0) << kernel.instruction;
  }
}

TEST(HostPeak, EveryRoundChangesTheResult) {
  for (const PeakKernel& kernel : all_peak_kernels()) {
    EXPECT_NE(kernel.run(1), kernel.run(2)) << kernel.instruction;
  }
}

TEST(HostPeak, ResultsStayFinite) {
  for (const PeakKernel& kernel : all_peak_kernels()) {
    EXPECT_TRUE(std::isfinite(kernel.run(100000))) << kernel.instruction;
  }
}

TEST(HostPeak, EveryProcessorMultipliesFloatingPointNumbers) {
  EXPECT_FALSE(peak_kernels(DType::f64).empty());
  EXPECT_FALSE(peak_kernels(DType::f32).empty());
}

TEST(HostPeak, NothingMultipliesWideIntegersInBulk) {
  EXPECT_TRUE(peak_kernels(DType::i32).empty());
}

TEST(HostBuffer, SmallOnesAreAlignedToCacheLines) {
  const auto buffer = allocate_on_host({100}, 1);

  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->address()) % 64, 0U);
}

TEST(HostBuffer, ThoseOfAPageOrMoreAreAlignedToHugePages) {
  for (const Bytes size : {4_KiB, 3_MiB}) {
    const auto buffer = allocate_on_host(size, 1);

    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->address()) % (2U << 20U), 0U);
  }
}

TEST(HostBuffer, EmptyOnesExist) { EXPECT_NE(allocate_on_host({0}, 1)->address(), nullptr); }

TEST(HostBuffer, KeepsTheSizeThatWasAskedFor) {
  EXPECT_EQ(allocate_on_host({100}, 2)->size(), Bytes{100});
}

TEST(HostBuffer, TooLargeOnesAreRefusedWithTheirSize) {
  for (const double bytes : {1125899906842624.0 * 1000, 1e30}) {
    try {
      allocate_on_host({bytes}, 1);
      ADD_FAILURE() << bytes << " bytes were allocated";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("bytes of host memory"), std::string::npos);
    }
  }
}

TEST(HostStream, ForgetsOldStampsWhenRoomIsReserved) {
  HostStream stream;
  stream.stamp();

  stream.reserve_stamps(1);

  EXPECT_EQ(stream.stamp().number, 0U);
}

TEST(HostStream, RefusesStampsThatWereNeverMade) {
  HostStream stream;

  EXPECT_THROW(stream.at(Stamp{5}), std::out_of_range);
}

}  // namespace
}  // namespace shortfall

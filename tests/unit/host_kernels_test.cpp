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
  alignas(64) double to[most + 8];
  alignas(64) double from[MemoryPass::most_reads][most];
  alignas(64) std::int32_t index[most];

  Arrays() {
    std::fill(std::begin(to), std::end(to), untouched);
    double start = 1;
    for (auto& array : from) std::iota(std::begin(array), std::end(array), start *= 1000);
    for (std::size_t i = 0; i < most; ++i) index[i] = static_cast<std::int32_t>(i * 77 % most);
  }
};

// Every level that this processor can run, with a number of elements.
using Case = std::tuple<MemoryKernels, std::size_t>;

class HostKernels : public testing::TestWithParam<Case> {
 protected:
  const MemoryKernels kernels = std::get<0>(GetParam());
  const std::size_t count = std::get<1>(GetParam());

  // By both kinds of stores: want(arrays, i) is what element i must be.
  template <class Want>
  void expect_each(const MemoryKernels::Stores& stores, Want want) {
    for (const MemoryKernels::Store store : {stores.regular, stores.non_temporal}) {
      if (store == nullptr) continue;  // there are no such stores
      Arrays arrays;
      store(all_of(arrays));
      for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(arrays.to[i], want(arrays, i)) << i;
      EXPECT_EQ(arrays.to[count], untouched);
    }
  }

  PassArrays all_of(Arrays& arrays) const {
    PassArrays all{.to = arrays.to, .index = arrays.index, .count = count};
    for (std::size_t i = 0; i < std::size(all.from); ++i) all.from[i] = arrays.from[i];
    return all;
  }
};

TEST_P(HostKernels, EveryLevelHasRegularStores) {
  for (const auto& stores : {kernels.write, kernels.copy, kernels.scale, kernels.add, kernels.triad,
                             kernels.gather, kernels.mix[0], kernels.mix[3]}) {
    EXPECT_NE(stores.regular, nullptr);
  }
}

TEST_P(HostKernels, ReadSumsEveryElement) {
  Arrays arrays;

  EXPECT_EQ(kernels.read(all_of(arrays)),
            std::accumulate(arrays.from[0], arrays.from[0] + count, 0.0));
}

TEST_P(HostKernels, DotSumsTheProductsOfEveryElement) {
  Arrays arrays;

  EXPECT_EQ(kernels.dot(all_of(arrays)),
            std::inner_product(arrays.from[0], arrays.from[0] + count, arrays.from[1], 0.0));
}

TEST_P(HostKernels, WriteStopsAtTheEnd) {
  expect_each(kernels.write, [](const Arrays&, std::size_t) { return MemoryPass::constant; });
}

TEST_P(HostKernels, CopyStopsAtTheEnd) {
  expect_each(kernels.copy, [](const Arrays& a, std::size_t i) { return a.from[0][i]; });
}

TEST_P(HostKernels, ScaleStopsAtTheEnd) {
  expect_each(kernels.scale,
              [](const Arrays& a, std::size_t i) { return MemoryPass::scale * a.from[0][i]; });
}

TEST_P(HostKernels, AddStopsAtTheEnd) {
  expect_each(kernels.add,
              [](const Arrays& a, std::size_t i) { return a.from[0][i] + a.from[1][i]; });
}

TEST_P(HostKernels, TriadStopsAtTheEnd) {
  expect_each(kernels.triad, [](const Arrays& a, std::size_t i) {
    return a.from[0][i] + MemoryPass::scale * a.from[1][i];
  });
}

TEST_P(HostKernels, MixAddsAllThatItReadsAndStopsAtTheEnd) {
  for (std::size_t reads = 1; reads <= std::size(kernels.mix); ++reads) {
    expect_each(kernels.mix[reads - 1], [reads](const Arrays& a, std::size_t i) {
      double sum = 0;
      for (std::size_t j = 0; j < reads; ++j) sum += a.from[j][i];
      return sum;
    });
  }
}

TEST_P(HostKernels, GatherFollowsItsIndicesAndStopsAtTheEnd) {
  expect_each(kernels.gather, [](const Arrays& a, std::size_t i) { return a.from[0][a.index[i]]; });
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

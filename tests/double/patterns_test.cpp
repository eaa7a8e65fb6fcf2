// Patterns where they lie, on the double: the same numbers as core's, and every fault found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "backends/cuda/pattern_kernels.hpp"
#include "backends/cuda/patterns.hpp"
#include "core/draw.hpp"
#include "core/error.hpp"
#include "tests/double/every_pattern.hpp"

namespace shortfall::cuda {
namespace {

constexpr std::byte untouched{0xa5};

class PatternsOnDouble : public testing::Test {
 protected:
  // Behind the pattern's bytes, more of them that nobody may touch.
  static constexpr std::size_t margin = 64;

  std::span<std::byte> bytes(Buffer& buffer) {
    return {static_cast<std::byte*>(buffer.address()), whole(buffer.size())};
  }
  std::unique_ptr<CudaBuffer> room_for(const Pattern& pattern) {
    const std::size_t size = bytes_of(pattern.type, pattern.count) + margin;
    auto room = std::make_unique<CudaBuffer>(Bytes{static_cast<double>(size)});
    std::ranges::fill(bytes(*room), untouched);
    return room;
  }

  Card card_ = card_at(0);
  CudaStream stream_{card_.units};
  Patterns patterns_{card_};
};

std::vector<std::byte> written_by_core(const Pattern& pattern) {
  std::vector<std::byte> data(bytes_of(pattern.type, pattern.count));
  write(data, pattern);
  return data;
}

// The lowest bit of one element.
void flip(std::span<std::byte> data, DType type, std::size_t index) {
  const std::size_t bits = traits_of(type).bits;
  data[index * bits / 8] ^= static_cast<std::byte>(bits == 4 && index % 2 == 1 ? 0x10 : 0x01);
}

std::vector<DType> every_type() {
  std::vector<DType> types;
  for (const DTypeTraits& traits : dtype_table) types.push_back(traits.type);
  return types;
}

bool holds_nan(const Pattern& pattern) {
  return std::holds_alternative<Poison>(pattern.shape) ||
         std::holds_alternative<Placed>(pattern.shape);
}

TEST_F(PatternsOnDouble, AreWrittenAsCoreWritesThem) {
  for (const DType type : every_type()) {
    for (const std::size_t count : odd_counts) {
      for (const auto& [name, pattern] : every_pattern(type, count)) {
        const auto room = room_for(pattern);
        CudaBuffer& buffer = *room;

        patterns_.fill(buffer, pattern, stream_);

        const auto want = written_by_core(pattern);
        ASSERT_TRUE(std::ranges::equal(bytes(buffer).first(want.size()), want)) << name;
        for (const std::byte byte : bytes(buffer).subspan(want.size())) {
          ASSERT_EQ(byte, untouched) << name;
        }
      }
    }
  }
}

TEST_F(PatternsOnDouble, EqualWhatCoreWrites) {
  for (const DType type : every_type()) {
    for (const std::size_t count : odd_counts) {
      for (const auto& [name, pattern] : every_pattern(type, count)) {
        const auto room = room_for(pattern);
        CudaBuffer& buffer = *room;
        std::ranges::copy(written_by_core(pattern), bytes(buffer).begin());

        const auto wrong = patterns_.compare(buffer, pattern, stream_);

        ASSERT_EQ(wrong.has_value(), first_mismatch(bytes(buffer), pattern).has_value()) << name;
        ASSERT_TRUE(!wrong || holds_nan(pattern)) << name;
      }
    }
  }
}

TEST_F(PatternsOnDouble, EveryWrongElementIsNamedWithItsNumbers) {
  for (const DType type : every_type()) {
    for (const auto& [name, pattern] : every_pattern(type, 133)) {
      if (holds_nan(pattern)) continue;
      const auto room = room_for(pattern);
      CudaBuffer& buffer = *room;
      for (std::size_t index = 0; index < pattern.count; ++index) {
        std::ranges::copy(written_by_core(pattern), bytes(buffer).begin());
        flip(bytes(buffer), type, index);
        flip(bytes(buffer), type, std::min(index + 5, pattern.count));  // not the first

        const auto wrong = patterns_.compare(buffer, pattern, stream_);
        const auto want = first_mismatch(bytes(buffer), pattern);

        ASSERT_TRUE(wrong && want) << name << ", " << index;
        ASSERT_EQ(wrong->index, index) << name;
        ASSERT_EQ(wrong->got, want->got) << name << ", " << index;
        ASSERT_EQ(wrong->want, want->want) << name << ", " << index;
      }
    }
  }
}

TEST_F(PatternsOnDouble, ResultsDoNotDependOnTheLaunch) {
  const Pattern pattern{DType::f16, 3001, {3, 1}, {}, Own{1, 0, 3001, 0}};
  const PatternTask task = task_of(pattern, nullptr);
  const auto right = written_by_core(pattern);
  for (const LaunchSize size : {LaunchSize{1, 1}, {1, 3}, {7, 32}, {5, 96}, {40, 256}}) {
    const auto room = room_for(pattern);
    CudaBuffer& buffer = *room;
    const Stretch data{static_cast<Pack*>(buffer.address()),
                       static_cast<unsigned char*>(buffer.address())};
    launch_fill(task, data, size, stream_.handle());
    cudaStreamSynchronize(stream_.handle());
    ASSERT_TRUE(std::ranges::equal(bytes(buffer).first(right.size()), right)) << size.blocks;

    for (const std::size_t index : {3000U, 2999U, 1501U, 1500U, 8U, 7U, 0U}) {
      flip(bytes(buffer), pattern.type, index);
      std::uint64_t first = ~std::uint64_t{0};
      launch_compare(task, data, &first, size, stream_.handle());
      cudaStreamSynchronize(stream_.handle());
      EXPECT_EQ(first, index) << size.blocks << " blocks of " << size.threads;
    }
    std::uint64_t hash = 0, of_one = 0;
    launch_hash(data, right.size(), &hash, size, stream_.handle());
    launch_hash(data, right.size(), &of_one, {1, 1}, stream_.handle());
    cudaStreamSynchronize(stream_.handle());
    EXPECT_EQ(hash, of_one) << size.blocks << " blocks of " << size.threads;
  }
}

TEST_F(PatternsOnDouble, NaNIsNeverEqualAndZeroHasNoSign) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const DType type : {DType::f64, DType::f32, DType::tf32, DType::bf16, DType::f16,
                           DType::f8_e4m3, DType::f8_e5m2, DType::mxfp8}) {
    const Pattern nans{type, 50, {}, {}, Constant{nan}};
    const Pattern zeros{type, 50, {}, {}, Constant{0}}, minus{type, 50, {}, {}, Constant{-0.0}};
    const auto room = room_for(nans);
    CudaBuffer& buffer = *room;
    patterns_.fill(buffer, nans, stream_);

    EXPECT_EQ(patterns_.compare(buffer, nans, stream_)->index, 0U) << name_of(type);
    EXPECT_EQ(patterns_.compare(buffer, zeros, stream_)->index, 0U) << name_of(type);
    EXPECT_TRUE(first_mismatch(bytes(buffer), nans)) << name_of(type);

    patterns_.fill(buffer, minus, stream_);
    EXPECT_FALSE(patterns_.compare(buffer, zeros, stream_)) << name_of(type);
  }
}

TEST_F(PatternsOnDouble, PoisonAroundARanksPlaceIsNotEqualEither) {
  const Pattern placed{DType::f32, 100, {3, 1}, {}, Placed{Own{1, 0, 40, 0}, 20, 40}};
  const auto room = room_for(placed);
  CudaBuffer& buffer = *room;
  patterns_.fill(buffer, placed, stream_);

  EXPECT_EQ(patterns_.compare(buffer, placed, stream_)->index, 0U);
  EXPECT_EQ(first_mismatch(bytes(buffer), placed)->index, 0U);
}

TEST_F(PatternsOnDouble, SumsAreThoseOfCoreWhateverWasAskedBefore) {
  for (const auto kind : {MemoryPass::Kind::read, MemoryPass::Kind::dot}) {
    for (const double size : {64.0, 8.0 * 1000, 8.0 * 100000}) {
      for (const std::uint64_t batch : {0U, 1U, 1U, 0U}) {
        const MemoryPass pass{kind, {size}};
        const Pattern want = *expected(pass, {}, {.seed = 2, .batch = batch});
        const auto room = room_for(want);
        CudaBuffer& buffer = *room;
        std::ranges::copy(written_by_core(want), bytes(buffer).begin());
        ASSERT_FALSE(patterns_.compare(buffer, want, stream_)) << size;

        flip(bytes(buffer), DType::f64, 0);
        const auto wrong = patterns_.compare(buffer, want, stream_);
        ASSERT_TRUE(wrong);
        EXPECT_EQ(wrong->want, first_mismatch(bytes(buffer), want)->want);
      }
    }
  }
}

TEST_F(PatternsOnDouble, AProductIsCheckedButNotWritten) {
  const Pattern product = *expected(Gemm{4, 4, 4}, {}, {});
  const auto room = room_for(product);
  CudaBuffer& buffer = *room;

  EXPECT_THROW(patterns_.fill(buffer, product, stream_), Error);
  EXPECT_TRUE(patterns_.compare(buffer, product, stream_));
}

class Fingerprints : public PatternsOnDouble {
 protected:
  std::uint64_t of(Buffer& buffer, std::size_t size) {
    return patterns_.fingerprint(buffer, {static_cast<double>(size)}, stream_);
  }
};

TEST_F(Fingerprints, ChangeWithEverySingleBit) {
  for (const std::size_t size : {1U, 7U, 8U, 9U, 15U, 16U, 17U, 40U, 127U, 1024U}) {
    const Pattern pattern{DType::u8, size, {8, 1}, {}, Own{0, 0, size, 0}};
    const auto room = room_for(pattern);
    CudaBuffer& buffer = *room;
    patterns_.fill(buffer, pattern, stream_);
    const std::uint64_t before = of(buffer, size);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      const auto flipped = static_cast<std::byte>(1U << bit % 8);
      bytes(buffer)[bit / 8] ^= flipped;
      ASSERT_NE(of(buffer, size), before) << size << " bytes, bit " << bit;
      bytes(buffer)[bit / 8] ^= flipped;
    }
    EXPECT_EQ(of(buffer, size), before);
    bytes(buffer)[size] ^= std::byte{1};
    EXPECT_EQ(of(buffer, size), before) << "what lies behind " << size << " bytes";
  }
}

TEST_F(Fingerprints, ChangeWithTheOrderAndTheNumberOfBytes) {
  CudaBuffer buffer({256});
  std::ranges::fill(bytes(buffer), std::byte{0});
  const std::uint64_t zeros = of(buffer, 128);
  EXPECT_NE(of(buffer, 127), zeros);
  EXPECT_NE(of(buffer, 136), zeros);

  std::vector<std::uint64_t> all;
  for (std::size_t word = 0; word < 16; ++word) {
    std::ranges::fill(bytes(buffer), std::byte{0});
    bytes(buffer)[8 * word] = std::byte{9};
    all.push_back(of(buffer, 128));
  }
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

}  // namespace
}  // namespace shortfall::cuda

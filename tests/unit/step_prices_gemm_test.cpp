// What matrix products take, counted by hand in tiles and waves of a device of round numbers: 100
// multiprocessors of 1 TFLOP/s that compute 128 x 128 at a time.
#include <gtest/gtest.h>

#include <cmath>

#include "model/prices/gemm_price.hpp"
#include "sample_systems.hpp"

namespace shortfall {
namespace {

constexpr double unit_rate = 1e12;  // of one multiprocessor
constexpr double tile_flop_of_4096 = 2.0 * 128 * 128 * 4096;

// No limit but products themselves.
DeviceModel device() {
  DeviceModel device = sample::round_numbers().device;
  device.memory = {1e24};
  return device;
}

double time_of(const Gemm& gemm, const DeviceModel& on, Precision precision = Precision::bf16) {
  return price_of(gemm, precision, on).value;
}

Gemm square(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t batch = 1) {
  return {.m = m, .n = n, .k = k, .type = DType::bf16, .batch = batch};
}

TEST(GemmPrice, OfAFullWaveIsTheArithmeticAtThePeak) {
  const Seconds price = price_of(square(1280, 1280, 4096), Precision::bf16, device());

  EXPECT_DOUBLE_EQ(price.value, 2.0 * 1280 * 1280 * 4096 / 100e12);
}

// 11 x 10 tiles on 100 multiprocessors: ten of them make the others wait for a second wave.
TEST(GemmPrice, OfOneRowMoreThanAWaveIsThatOfTwo) {
  EXPECT_DOUBLE_EQ(time_of(square(1281, 1280, 4096), device()), 2 * tile_flop_of_4096 / unit_rate);
  EXPECT_DOUBLE_EQ(time_of(square(2560, 1280, 4096), device()), 2 * tile_flop_of_4096 / unit_rate);
}

// 64 rows of 128 are computed and thrown away.
TEST(GemmPrice, OfHalfATileIsThatOfAWholeOne) {
  EXPECT_DOUBLE_EQ(time_of(square(1216, 1280, 4096), device()), tile_flop_of_4096 / unit_rate);
}

TEST(GemmPrice, OfABatchDealsAllTilesOfAllProductsTogether) {
  EXPECT_DOUBLE_EQ(time_of(square(256, 640, 4096, 10), device()), tile_flop_of_4096 / unit_rate);
  EXPECT_DOUBLE_EQ(time_of(square(256, 640, 4096, 11), device()),
                   2 * tile_flop_of_4096 / unit_rate);
}

// Ten tiles in eight parts of k = 4096 each keep 80 of 100 busy; 8 B of each partial sum are
// written and read.
TEST(GemmPrice, OfFewTilesCutsThemAlongK) {
  DeviceModel cut = device();
  EXPECT_NEAR(time_of(square(1280, 128, 4096), cut), tile_flop_of_4096 / 8 / unit_rate, 1e-12);
  cut.memory = {1e13};
  EXPECT_NEAR(time_of(square(1280, 128, 4096), cut),
              tile_flop_of_4096 / 8 / unit_rate + 8.0 * 8 * 1280 * 128 / 1e13, 1e-12);
}

TEST(GemmPrice, CutsNoPartShorterThan256) {
  const double tile = 2.0 * 128 * 128 * 512;
  EXPECT_NEAR(time_of(square(1280, 128, 512), device()), tile / 2 / unit_rate, 1e-14);
  EXPECT_NEAR(time_of(square(1280, 128, 504), device()), 2.0 * 128 * 128 * 504 / unit_rate, 1e-14);
}

TEST(GemmPrice, TakesTheTileThatIsDoneSoonest) {
  constexpr std::array<Tile, 2> two{{{128, 128, 1}, {64, 64, 0.5}}};
  DeviceModel choice = device();
  choice.tiles = two;
  const double small_tile = 2.0 * 64 * 64 * 4096 / 0.5;
  // 20 x 5 tiles of 64 x 64 instead of 10 x 3 of 128 x 128, in two parts.
  EXPECT_NEAR(time_of(square(1280, 320, 4096), choice),
              std::min(tile_flop_of_4096 / 2, small_tile) / unit_rate, 1e-12);
  EXPECT_NEAR(time_of(square(1280, 1280, 4096), choice), tile_flop_of_4096 / unit_rate, 1e-12);
}

TEST(GemmPrice, IsNoLessThanMemoryTakesToMoveTheMatrices) {
  DeviceModel slow = device();
  slow.memory = {5e11};
  const double bytes = 2.0 * (1280.0 * 128 + 128 * 1280 + 1280 * 1280);
  EXPECT_DOUBLE_EQ(time_of(square(1280, 1280, 128), slow), bytes / 5e11);
  // Operands of one byte, results of two.
  EXPECT_DOUBLE_EQ(time_of(square(1280, 1280, 128), slow, Precision::fp8),
                   (bytes - 2.0 * 1280 * 128) / 5e11);
}

double rate_of(const Gemm& gemm, const DeviceModel& on, Precision precision = Precision::bf16) {
  const double padded = 128 * std::ceil(static_cast<double>(gemm.n) / 128);
  return 2.0 * static_cast<double>(gemm.batch * gemm.m * gemm.k) * padded /
         time_of(gemm, on, precision);
}

// Heads of 108 are rows of 216 bytes, no multiple of 16; those of 144 and 216 are.
TEST(GemmPrice, OfManyFallsToPlainUnitsWhereRowsAreNotAligned) {
  EXPECT_NEAR(rate_of(square(1280, 128, 108, 10), device()), 10e12, 1);
  EXPECT_NEAR(rate_of(square(1280, 124, 4096, 10), device()), 10e12, 1);
  EXPECT_NEAR(rate_of(square(1280, 128, 144, 10), device()), 100e12, 1);
  EXPECT_NEAR(rate_of(square(1280, 128, 216, 10), device()), 100e12, 1);
}

// A vocabulary of 50,257 words, but not one of 50,258: pieces of 4 bytes can be copied.
TEST(GemmPrice, OfOneLosesWithRowsOfAnOddNumberOfElements) {
  DeviceModel odd = device();
  odd.odd_rows = 0.25;
  EXPECT_NEAR(rate_of(square(1280, 1279, 4096), odd), 25e12, 1);
  EXPECT_NEAR(rate_of(square(1280, 1280, 4095), odd), 25e12, 1);
  EXPECT_NEAR(rate_of(square(1280, 1278, 4096), odd), 100e12, 1);
}

// In one byte each, 4104 elements are aligned no longer.
TEST(GemmPrice, AlignsOperandsOfTheTypeThatIsMultiplied) {
  const Gemm gemm = square(1280, 128, 4104, 10);
  EXPECT_NEAR(rate_of(gemm, device()), 100e12, 1);
  EXPECT_NEAR(rate_of(gemm, device(), Precision::fp8), 10e12, 1);
}

TEST(GemmPrice, DescendsFromThePeakToClockBestShapeAndShape) {
  DeviceModel real = device();
  real.clock = 0.9;
  real.best_shape = 0.8;
  real.kernel_start = {1e-6};
  const Seconds price = price_of(square(1281, 1280, 4096), Precision::bf16, real);
  EXPECT_DOUBLE_EQ(price.value, 2 * tile_flop_of_4096 / (unit_rate * 0.9 * 0.8) + 1e-6);
}

TEST(GemmPrice, OfFp8IsThatOf16BitsWhereTheDeviceHasNoSuchUnits) {
  DeviceModel old = device();
  const Gemm gemm = square(1280, 1280, 4096);
  EXPECT_DOUBLE_EQ(time_of(gemm, old) / time_of(gemm, old, Precision::fp8), 2);
  old.peak_fp8 = {};
  EXPECT_DOUBLE_EQ(time_of(gemm, old), time_of(gemm, old, Precision::fp8));
}

}  // namespace
}  // namespace shortfall

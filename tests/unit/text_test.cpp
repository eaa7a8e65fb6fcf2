#include <gtest/gtest.h>

#include "core/dtype.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

TEST(Size, IsReadInPowersOfTwo) {
  EXPECT_EQ(parse_size("8"), 8);
  EXPECT_EQ(parse_size("64B"), 64);
  EXPECT_EQ(parse_size("4KiB"), 4096);
  EXPECT_EQ(parse_size("4K"), 4096);
  EXPECT_EQ(parse_size("4KB"), 4096);
  EXPECT_EQ(parse_size("16MiB"), 16 << 20);
  EXPECT_EQ(parse_size("2TiB"), std::int64_t{2} << 40);
  EXPECT_EQ(parse_size("-3"), -3);
}

TEST(Size, IsRefusedIfItIsNone) {
  for (const char* text : {"", "abc", "B", "KiB", "8 B", "8kib", "1.5MiB", "8iB", "0x10", "8KiBB",
                           "99999999999999999999", "99999999TiB", "8PiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Size, IsWrittenExactly) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1000), "1000 B");
  EXPECT_EQ(size_text(24 << 10), "24 KiB");
  EXPECT_EQ(size_text(1 << 20), "1 MiB");
  EXPECT_EQ(size_text((1 << 20) + 1), "1048577 B");
}

TEST(Scaled, HasThreeDigitsAndAPrefix) {
  EXPECT_EQ(scaled(0, "s"), "0.00 s");
  EXPECT_EQ(scaled(1.234e-7, "s"), "123 ns");
  EXPECT_EQ(scaled(0.0123, "s"), "12.3 ms");
  EXPECT_EQ(scaled(511.2e9, "FLOP/s"), "511 GFLOP/s");
  EXPECT_EQ(scaled(9.999e11, "FLOP/s"), "1.00 TFLOP/s");
}

TEST(Nearest, NamesWhatLooksAlike) {
  EXPECT_EQ(nearest("al_reduce", {"gemm", "all_to_all", "all_reduce"}, 1),
            std::vector<std::string>{"all_reduce"});
  EXPECT_EQ(nearest("triad", {"gemm", "memory_triad", "barrier"}, 1),
            std::vector<std::string>{"memory_triad"});
}

TEST(DTypeNames, KnowTheirAliases) {
  EXPECT_EQ(dtype_named("f32"), DType::f32);
  EXPECT_EQ(dtype_named("float64"), DType::f64);
  EXPECT_EQ(dtype_named("i8"), DType::int8);
  EXPECT_FALSE(dtype_named("fp12"));
}

}  // namespace
}  // namespace shortfall

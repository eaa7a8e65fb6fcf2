// The types of one element: their names, sizes and the integers that they hold exactly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace shortfall {

// f8_e5m2 is multiplied with f8_e4m3, as gradients are with weights. mxfp8 is f8_e4m3 with a scale
// for every 32 numbers, nvfp4 is e2m1 with one for every 16.
enum class DType {
  f64,
  f32,
  tf32,
  bf16,
  f16,
  f8_e4m3,
  f8_e5m2,
  mxfp8,
  nvfp4,
  i32,
  int8,
  u8,
  i64,
  u32,
  u64
};

struct DTypeTraits {
  DType type;
  std::string_view name;
  std::size_t bits;    // of one number in memory
  std::int64_t exact;  // every integer in [-exact, exact] is held exactly ([0, exact] if unsigned)
  bool is_signed = true;
};

inline constexpr std::array<DTypeTraits, 15> dtype_table{{
    {DType::f64, "f64", 64, std::int64_t{1} << 53},
    {DType::f32, "f32", 32, std::int64_t{1} << 24},
    {DType::tf32, "tf32", 32, 2048},
    {DType::bf16, "bf16", 16, 256},
    {DType::f16, "f16", 16, 2048},
    {DType::f8_e4m3, "f8_e4m3", 8, 16},
    {DType::f8_e5m2, "f8_e5m2", 8, 8},
    {DType::mxfp8, "mxfp8", 8, 16},
    {DType::nvfp4, "nvfp4", 4, 4},
    {DType::i32, "i32", 32, (std::int64_t{1} << 31) - 1},
    {DType::int8, "int8", 8, 127},
    {DType::u8, "u8", 8, 255, false},
    {DType::i64, "i64", 64, std::numeric_limits<std::int64_t>::max()},
    {DType::u32, "u32", 32, (std::int64_t{1} << 32) - 1, false},
    {DType::u64, "u64", 64, std::numeric_limits<std::int64_t>::max(), false},
}};

inline constexpr DType last_dtype = dtype_table.back().type;

constexpr const DTypeTraits& traits_of(DType type) {
  return dtype_table[static_cast<std::size_t>(type)];
}
// Bytes of one number; 0 of nvfp4, which has two in a byte.
constexpr std::size_t size_of(DType type) { return traits_of(type).bits / 8; }
constexpr std::size_t bytes_of(DType type, std::size_t count) {
  const std::size_t bits = traits_of(type).bits;
  return count / 8 * bits + (count % 8 * bits + 7) / 8;  // whatever fits into memory, in 64 bits
}
constexpr bool is_integer(DType type) { return type >= DType::i32; }  // they stand last
constexpr std::string_view name_of(DType type) { return traits_of(type).name; }

// By the name in the table, or a common alias (fp32, float64, i8, uint8); nothing if there is none.
std::optional<DType> dtype_named(std::string_view name);

// "f64, f32, ..." for messages.
std::string dtype_names();

}  // namespace shortfall

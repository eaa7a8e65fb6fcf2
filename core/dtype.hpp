// The types of one element: their names, sizes and the integers that they hold exactly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shortfall {

enum class DType { f64, f32, bf16, f16, i32, int8, u8 };

struct DTypeTraits {
  DType type;
  std::string_view name;
  std::size_t size;    // bytes
  std::int64_t exact;  // every integer in [-exact, exact] is held exactly ([0, exact] if unsigned)
  bool is_signed = true;
};

inline constexpr std::array<DTypeTraits, 7> dtype_table{{
    {DType::f64, "f64", 8, std::int64_t{1} << 53},
    {DType::f32, "f32", 4, std::int64_t{1} << 24},
    {DType::bf16, "bf16", 2, 256},
    {DType::f16, "f16", 2, 2048},
    {DType::i32, "i32", 4, (std::int64_t{1} << 31) - 1},
    {DType::int8, "int8", 1, 127},
    {DType::u8, "u8", 1, 255, false},
}};

constexpr const DTypeTraits& traits_of(DType type) {
  return dtype_table[static_cast<std::size_t>(type)];
}
constexpr std::size_t size_of(DType type) { return traits_of(type).size; }
constexpr std::string_view name_of(DType type) { return traits_of(type).name; }

// By the name in the table, or a common alias (fp32, float64, i8, uint8); nothing if there is none.
std::optional<DType> dtype_named(std::string_view name);

// "f64, f32, ..." for messages.
std::string dtype_names();

}  // namespace shortfall

#include "core/dtype.hpp"

#include <algorithm>
#include <utility>

namespace shortfall {

std::optional<DType> dtype_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, DType>, 22> aliases{{
      {"fp64", DType::f64},         {"float64", DType::f64},      {"fp32", DType::f32},
      {"float32", DType::f32},      {"bfloat16", DType::bf16},    {"fp16", DType::f16},
      {"float16", DType::f16},      {"half", DType::f16},         {"f8", DType::f8_e4m3},
      {"fp8", DType::f8_e4m3},      {"fp8_e4m3", DType::f8_e4m3}, {"e4m3", DType::f8_e4m3},
      {"fp8_e5m2", DType::f8_e5m2}, {"e5m2", DType::f8_e5m2},     {"fp4", DType::nvfp4},
      {"int32", DType::i32},        {"i8", DType::int8},          {"s8", DType::int8},
      {"uint8", DType::u8},         {"int64", DType::i64},        {"uint32", DType::u32},
      {"uint64", DType::u64},
  }};
  const auto named = std::ranges::find(dtype_table, name, &DTypeTraits::name);
  if (named != dtype_table.end()) return named->type;
  const auto* const alias =
      std::ranges::find(aliases, name, &std::pair<std::string_view, DType>::first);
  if (alias != aliases.end()) return alias->second;
  return std::nullopt;
}

std::string dtype_names() {
  std::string names;
  for (const DTypeTraits& traits : dtype_table) {
    if (!names.empty()) names += ", ";
    names += traits.name;
  }
  return names;
}

}  // namespace shortfall

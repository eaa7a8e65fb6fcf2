// The C++ types of a pattern's elements, on the host and on accelerators alike: in C++17.
#pragma once

#include "core/draw_element.hpp"
#include "core/dtype.hpp"

namespace shortfall::draw {

// Calls function(T{}) with the C++ type of `type`; of nvfp4, that of one number in a byte.
template <class Function>
auto with_type(DType type, Function function) {
  switch (type) {
    case DType::f64:
      return function(double{});
    case DType::f32:
      return function(float{});
    case DType::tf32:
      return function(Tf32{});
    case DType::bf16:
      return function(Bf16{});
    case DType::f16:
      return function(F16{});
    case DType::f8_e4m3:
    case DType::mxfp8:
      return function(F8E4M3{});
    case DType::f8_e5m2:
      return function(F8E5M2{});
    case DType::nvfp4:
      return function(F4E2M1{});
    case DType::i32:
      return function(std::int32_t{});
    case DType::int8:
      return function(std::int8_t{});
    case DType::i64:
      return function(std::int64_t{});
    case DType::u32:
      return function(std::uint32_t{});
    case DType::u64:
      return function(std::uint64_t{});
    case DType::u8:
      break;
  }
  return function(std::uint8_t{});
}

}  // namespace shortfall::draw

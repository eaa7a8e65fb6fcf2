// What one lane of a warp does for the sums of Freivalds' check: bodies of kernels, which tests run
// on the host. Included by code for the device: C++17.
#pragma once

#include <cstdint>

#include "core/draw_operand.hpp"
#include "core/dtype.hpp"
#include "core/row_sums.hpp"

namespace shortfall::cuda {

// A warp takes a row; each of its lanes every 32nd number. Sums of lanes are added in a fixed
// order: what comes out is the same to the bit, whatever the launch.
constexpr int lanes = 32;

// Rows of drawn numbers, or of C.
struct SignedRows {
  DType type = DType::f32;
  draw::DrawnOperand drawn;
  const void* memory = nullptr;
  std::size_t rows = 0, columns = 0;
  draw::Key signs{};
  SignedSums* sums = nullptr;  // of each row
};

// Rows of A.
struct LeftRows {
  DType type = DType::f32;
  draw::DrawnOperand drawn;
  std::size_t rows = 0, columns = 0;
  const SignedSums* right = nullptr;        // of each row of B
  const std::size_t* first_rows = nullptr;  // as in core
  std::size_t products = 0;
  LeftSums* sums = nullptr;  // of each row
};

template <class T>
struct ElementOfMemory {
  const T* data;
  constexpr T operator()(std::size_t i) const { return data[i]; }
};

struct SignedLane {
  draw::Key signs;
  std::size_t first, columns;
  int lane;

  template <class Element>
  constexpr SignedSums operator()(Element element) const {
    SignedSums sums;
    for (auto j = static_cast<std::size_t>(lane); j < columns; j += lanes) {
      add(sums, draw::to_number(element(first + j)), draw::sign(j, signs));
    }
    return sums;
  }
};

template <class T>
constexpr SignedSums drawn_lane(const SignedRows& t, std::size_t row, int lane) {
  return draw::with_elements<T>(t.drawn, SignedLane{t.signs, row * t.columns, t.columns, lane});
}
template <class T>
constexpr SignedSums memory_lane(const SignedRows& t, const T* data, std::size_t row, int lane) {
  return SignedLane{t.signs, row * t.columns, t.columns, lane}(ElementOfMemory<T>{data});
}

struct LeftLane {
  const SignedSums* right;  // of the first row of this product's B
  std::size_t first, columns;
  int lane;

  template <class Element>
  constexpr LeftSums operator()(Element element) const {
    LeftSums sums;
    for (auto p = static_cast<std::size_t>(lane); p < columns; p += lanes) {
      add(sums, draw::to_number(element(first + p)), right[p]);
    }
    return sums;
  }
};

template <class T>
constexpr LeftSums left_lane(const LeftRows& t, std::size_t row, int lane) {
  const std::size_t product = product_of(row, t.first_rows, t.products);
  return draw::with_elements<T>(
      t.drawn, LeftLane{t.right + product * t.columns, row * t.columns, t.columns, lane});
}

}  // namespace shortfall::cuda

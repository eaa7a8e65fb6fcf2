// A Pattern as kernels take it: numbers alone, and of each shape all that is the same for all
// elements. Included by code for the device: C++17.
#pragma once

#include "core/draw_number.hpp"
#include "core/draw_operand.hpp"
#include "core/dtype.hpp"

namespace shortfall::cuda {

// 16 bytes are read and written at once.
struct Pack {
  alignas(16) std::uint64_t low;
  std::uint64_t high;
};

// Memory of the device, aligned to a Pack.
struct Stretch {
  Pack* packs = nullptr;
  unsigned char* bytes = nullptr;  // the same
};

enum class PatternForm {
  same,
  plain,
  own,
  reduced,
  blocks,
  neighbors,
  weighted,
  gathered,
  indices,
  drawn
};

// Shapes of core/pattern.hpp of the same names, or of those that are named.
struct SamePart {  // Poison, Constant, and sums that are known
  std::uint64_t bits = 0;
};
struct PlainPart {  // Own, where all ranks contribute plain numbers to all elements, none repeated
  draw::Key key{};
  std::size_t first = 0;
};
struct OwnPart {  // any other Own, and Placed
  draw::Key key{};
  int turn = 0;  // the rank's among those that contribute in turn
  std::size_t period = 1, first = 0;
  std::size_t from = 0, beyond = 0;  // `elsewhere` before and behind
  std::uint64_t elsewhere = 0;       // bits of Poison, whose conversion is not the same everywhere
};
struct ReducedPart {
  ReductionKind kind = ReductionKind::sum;
  int ranks = 0;
  std::size_t first = 0;
};
struct BlocksPart {  // BlockFromEach
  std::size_t block = 1, first = 0;
};
struct NeighborsPart {
  draw::Key before{}, after{};
  std::size_t block = 0;
};
struct WeightedPart {  // Passed: element by element
  static constexpr int most = 4;
  draw::Key keys[most] = {};
  std::int32_t weights[most] = {};
};
struct GatheredPart {  // Passed: through indices
  draw::Key index{}, number{};
  std::size_t below = 1;
};
struct IndicesPart {
  draw::Key key{};
  std::size_t below = 1;
};

// Numbers that are drawn for ranks.
struct NumberRange {
  int bits = 0, one_in = 1;
  draw::Salt salt{};
  int multiple = 1;
  bool is_of_factors = false;
};

struct PatternTask {
  DType type = DType::u8;
  std::size_t count = 0;
  // Whether equal bits are equal numbers: not where NaNs are expected.
  bool bits_decide = true;
  PatternForm form = PatternForm::same;
  NumberRange range;
  SamePart same;  // that of `form` counts
  PlainPart plain;
  OwnPart own;
  ReducedPart reduced;
  BlocksPart blocks;
  NeighborsPart neighbors;
  WeightedPart weighted;
  GatheredPart gathered;
  IndicesPart indices;
  draw::DrawnOperand drawn;
};

// What a pass must leave that sums `count` numbers, or products of two.
struct SumTask {
  draw::Key a{}, b{};
  int bits = 0;
  bool is_of_products = false;
  std::size_t count = 0;
};

}  // namespace shortfall::cuda

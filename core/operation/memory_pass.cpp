#include "core/operation/memory_pass.hpp"

#include <algorithm>

namespace shortfall {
namespace {

int arrays_of(const MemoryPass& pass) {
  switch (pass.kind) {
    case MemoryPass::Kind::read:
      return 1;
    case MemoryPass::Kind::copy:
      return 2;
    case MemoryPass::Kind::triad:
      return 3;
  }
  return 0;
}

}  // namespace

Layout layout_of(const MemoryPass& p, const Group&) {
  constexpr std::size_t line = 8;  // f64 in a cache line: arrays hold whole lines, at least one
  const std::size_t each = elements_in(p.bytes.value / arrays_of(p), DType::f64);
  const Operand array{DType::f64, std::max(each / line, std::size_t{1}) * line};
  switch (p.kind) {
    case MemoryPass::Kind::read:
      return {{array}, {DType::f64, 1}};
    case MemoryPass::Kind::copy:
      return {{array}, array};
    case MemoryPass::Kind::triad:
      return {{array, array}, array};
  }
  return {};
}

Work work_of(const MemoryPass& p, const Group& group) {
  const Layout arrays = layout_of(p, group);
  const double flop_each = p.kind == MemoryPass::Kind::triad  ? 2
                           : p.kind == MemoryPass::Kind::read ? 1
                                                              : 0;
  return {.flop = {flop_each * static_cast<double>(arrays.inputs[0].count)},
          .memory = arrays.inputs[0].bytes() * arrays_of(p)};
}

}  // namespace shortfall

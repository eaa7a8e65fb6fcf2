#include "model/training/whole_elements.hpp"

#include <cmath>

namespace shortfall {
namespace {

Bytes multiple_of(double unit, Bytes bytes) { return {std::ceil(bytes.value / unit) * unit}; }

}  // namespace

MemoryPass in_whole_elements(MemoryPass pass) {
  // Of no bytes: those of the scores of a long sequence cannot be counted in whole numbers.
  const Layout arrays =
      layout_of(MemoryPass{.kind = pass.kind, .bytes = {}, .reads = pass.reads}, Group{});
  const std::size_t count = arrays.inputs.size() + (is_sum(pass.kind) ? 0 : 1);
  pass.bytes = multiple_of(static_cast<double>(count * size_of(arrays.output.type)), pass.bytes);
  return pass;
}

Collective in_whole_elements(Collective collective, std::int64_t ranks) {
  const auto element = static_cast<double>(size_of(collective.type));
  collective.bytes = multiple_of(static_cast<double>(ranks) * element, collective.bytes);
  return collective;
}

}  // namespace shortfall

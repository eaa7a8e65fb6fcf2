#include "microbench/memory_axes.hpp"

#include "core/text.hpp"

namespace shortfall {
namespace {

Axis beyond_quick(Axis axis) {
  constexpr auto quick = static_cast<std::size_t>(Profile::quick);
  axis.values[quick].clear();
  if (axis.on_accelerators) (*axis.on_accelerators)[quick].clear();
  return axis;
}

std::vector<Value> sizes_from(Bytes first, Bytes last, int step) {
  return powers(static_cast<std::int64_t>(first.value), static_cast<std::int64_t>(last.value),
                step);
}

// In the second-level cache, or far beyond it.
std::vector<Value> either_side() { return sizes_from(16_MiB, 4_GiB, 256); }

Axis accelerated_sizes(Axis axis, std::vector<Value> standard) {
  return accelerated(std::move(axis), either_side(), std::move(standard),
                     sizes_from(1_MiB, 64_GiB, 4));
}

Axis sizes() {
  return accelerated_sizes(geometric("bytes", 16_KiB, {128_MiB, 20}, {256_MiB, 4}, {1_GiB, 2}),
                           sizes_from(4_MiB, 4_GiB, 4));
}
Axis few_sizes() {
  return accelerated_sizes(geometric("bytes", 16_KiB, {128_MiB, 20}, {128_MiB, 20}, {1_GiB, 2}),
                           either_side());
}
Axis groups() { return choice("group", {"all", "one"}); }

}  // namespace

std::vector<Axis> memory_axes() { return {sizes(), all_on_accelerators(groups()), pages_axis()}; }

std::vector<Axis> memory_axes_beyond_quick() {
  return {beyond_quick(few_sizes()), all_on_accelerators(usually(groups(), {"all"})), pages_axis()};
}

// Accelerators do not choose their pages: see Device::refuses().
Axis pages_axis() {
  const std::vector<Value> huge{"huge"};
  return accelerated(usually(choice("pages", {"huge", "small"}), {"huge"}), huge, huge, huge);
}

Axis all_on_accelerators(Axis groups) {
  const std::vector<Value> all{"all"};
  return accelerated(std::move(groups), all, all, all);
}

std::vector<Axis> numa_axes() {
  const Axis nodes = choice("node", {"local", "0", "1", "2", "3", "4", "5", "6", "7"});
  return {beyond_quick(geometric("bytes", 256_MiB, {256_MiB, 2}, {256_MiB, 2}, {256_MiB, 2})),
          groups(), choice("pages", {"huge"}), usually(nodes, {"local"})};
}

Placement placement_of(const Params& params) {
  const bool is_huge = params.text("pages") == "huge";
  // "local" is no number.
  const auto node = params.has("node") ? parse_integer(params.text("node")) : std::nullopt;
  return {is_huge ? Pages::huge : Pages::small, static_cast<int>(node.value_or(local_node))};
}

}  // namespace shortfall

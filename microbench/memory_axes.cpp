#include "microbench/memory_axes.hpp"

#include "core/text.hpp"

namespace shortfall {
namespace {

Axis beyond_quick(Axis axis) {
  axis.values[static_cast<std::size_t>(Profile::quick)].clear();
  return axis;
}

Axis sizes() { return geometric("bytes", 16_KiB, {128_MiB, 20}, {256_MiB, 4}, {1_GiB, 2}); }
Axis few_sizes() { return geometric("bytes", 16_KiB, {128_MiB, 20}, {128_MiB, 20}, {1_GiB, 2}); }
Axis groups() { return choice("group", {"all", "one"}); }

}  // namespace

std::vector<Axis> memory_axes() { return {sizes(), groups(), pages_axis()}; }

std::vector<Axis> memory_axes_beyond_quick() {
  return {beyond_quick(few_sizes()), usually(groups(), {"all"}), pages_axis()};
}

Axis pages_axis() { return usually(choice("pages", {"huge", "small"}), {"huge"}); }

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

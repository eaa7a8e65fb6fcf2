#include "microbench/network_axes.hpp"

#include "core/text.hpp"

namespace shortfall {

Axis window_axis() { return usually(choice("window", {"auto", "1", "4", "16", "64"}), {"auto"}); }

int window_of(const Params& params) {
  return static_cast<int>(parse_integer(params.text("window")).value_or(0));
}

Axis pairs_axis() { return usually(choice("group", {"pairs", "next_pairs"}), {"pairs"}); }

}  // namespace shortfall

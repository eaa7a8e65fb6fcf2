#include "microbench/memory_axes.hpp"

namespace shortfall {

std::vector<Axis> memory_axes() {
  return {geometric("bytes", 16_KiB, {128_MiB, 20}, {1_GiB, 4}, {1_GiB, 2}),
          choice("group", {"all", "one"})};
}

}  // namespace shortfall

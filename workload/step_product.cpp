// A matrix product as a step finds it: with operands that no cache holds.
#include "core/product_shape.hpp"
#include "workload/axes.hpp"

namespace shortfall {

Benchmark step_product() {
  return step_of("step_product", "a product of a training step, its operands in no cache",
                 {asked_for("shape", {}, "MxNxK", shape_from), integers("batch", {1}, {1}, {1}),
                  step_types(), usually(choice("group", {"all", "one"}), {"all"})});
}

}  // namespace shortfall
